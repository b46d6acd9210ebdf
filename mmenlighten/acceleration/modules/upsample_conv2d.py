"""Upsampling and the convolution behind it, in the form that trains fastest."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.acceleration.cpu.conv_before_upsample import conv_before_upsample
from mmenlighten.acceleration.devices import is_eager_on_cpu
from mmenlighten.acceleration.gpu.bilinear_upsampling import upsample
from mmenlighten.acceleration.gpu.conv3x3 import conv3x3
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d


class FastUpsampleConv2d(UpsampleConv2d):
    """Bilinear upsampling by two, then a 3x3 convolution.

    On a CPU small pixels are multiplied first
    (:mod:`~mmenlighten.acceleration.cpu.conv_before_upsample`); on a GPU in half precision lines
    are multiplied by matrices (:mod:`~mmenlighten.acceleration.gpu.bilinear_upsampling`).
    """

    def forward(self, features: Tensor) -> Tensor:
        """Upsamples and convolves (N, C, H, W): (N, C', 2H, 2W)."""
        assert self.bias is not None
        if is_eager_on_cpu(features):
            return conv_before_upsample(features, self.weight, self.bias, self.align_corners)
        return conv3x3(upsample(features, self.align_corners), self.weight, self.bias)
