"""VGG-16, whose weights never change, in the form that is fastest."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.cpu.frozen_conv3x3 import FrozenConv3x3
from mmenlighten.acceleration.devices import half_type_on_gpu
from mmenlighten.acceleration.gpu.conv3x3 import packed_pixels
from mmenlighten.acceleration.gpu.pixel_packed_conv3x3 import conv_relu
from mmenlighten.models import VGG16Features

from .max_pool2d import max_pool_by_two


class FastVGG16Features(VGG16Features):
    """VGG-16 up to one layer.

    Weights in the order of an algorithm are made once and kept
    (:class:`~mmenlighten.acceleration.cpu.frozen_conv3x3.FrozenConv3x3`). Maps that are pooled are
    activated afterwards, which is the same, with a quarter of the pixels.
    """

    def forward(self, image: Tensor) -> Tensor:
        """Features (N, C, h, w) after the activation of (N, 3, H, W) RGB images in [-1, 1]."""
        features = self.preprocess(image)
        for name in self.layers:
            if self.pools_after(name):
                features = F.relu_(max_pool_by_two(self._convolve(features, f'conv{name}')))
            else:
                features = self._conv_relu(features, f'conv{name}')
        return features

    def _convolve(self, features: Tensor, name: str) -> Tensor:
        weight, bias = self.convolution(name)
        if torch.compiler.is_compiling():
            return F.conv2d(features, weight, bias, padding=1)
        return self._frozen(name, weight, bias)(features)

    def _conv_relu(self, features: Tensor, name: str) -> Tensor:
        dtype = half_type_on_gpu(features)
        if dtype is None:
            return F.relu_(self._convolve(features, name))
        weight, bias = self.convolution(name)
        pack = packed_pixels(features, weight)
        return conv_relu(features.to(dtype), weight.to(dtype), bias.to(dtype), pack)

    def _frozen(self, name: str, weight: Tensor, bias: Tensor) -> FrozenConv3x3:
        """The convolution with its prepared weights; made anew if the weights are others by now."""
        known: dict[str, FrozenConv3x3] = self.__dict__.setdefault('_prepared', {})
        if name not in known or known[name].weight is not weight:
            known[name] = FrozenConv3x3(weight, bias)
        return known[name]

    def _get_name(self) -> str:
        return VGG16Features.__name__  # what a user has written into the config
