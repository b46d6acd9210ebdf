"""The network of HDRNet that predicts a bilateral grid of affine colour maps."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.layers import SamePadConv2d
from mmenlighten.utils.errors import ConfigError

from .individual_batch_norm import BiasedBatchNorm2d

SCENE = 2
"""Convolutions of stride 2 between the grid's features and the vector of the whole scene."""


class ShiftBatchNorm2d(BiasedBatchNorm2d):
    """TensorFlow's default batch norm: a shift but no scale, and slow running statistics.

    Args:
        channels: Of the feature maps.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-3, momentum=1e-3, affine=False)
        self.bias = nn.Parameter(torch.zeros(channels))


class ConvBlock(SamePadConv2d):
    """Convolution and ReLU; a batch norm between them takes the place of the bias.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the result.
        kernel_size: Side of the kernel.
        stride: Of the convolution.
        batch_norm: Whether there is a batch norm.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        batch_norm: bool = False,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, bias=not batch_norm)
        self.bn = ShiftBatchNorm2d(out_channels) if batch_norm else None

    def forward(self, features: Tensor) -> Tensor:
        """From (N, C, H, W) to (N, C', ceil(H / stride), ceil(W / stride))."""
        features = super().forward(features)
        return F.relu(features if self.bn is None else self.bn(features))


class LinearBlock(nn.Linear):
    """Linear layer and ReLU; a batch norm between them takes the place of the bias.

    Args:
        in_features: Length of the input.
        out_features: Length of the result.
        batch_norm: Whether there is a batch norm.
    """

    def __init__(self, in_features: int, out_features: int, batch_norm: bool) -> None:
        super().__init__(in_features, out_features, bias=not batch_norm)
        self.bn = ShiftBatchNorm2d(out_features) if batch_norm else None

    def forward(self, vector: Tensor) -> Tensor:
        """From (N, C) to (N, C')."""
        vector = super().forward(vector)
        if self.bn is not None:
            vector = self.bn(vector[:, :, None, None])[:, :, 0, 0]
        return F.relu(vector)


class CoefficientNet(nn.Module):
    """Predicts affine maps for places and guides, from a small copy of the whole image.

    Section 3.1 of the paper: low-level features, then local ones and those of the whole scene,
    which are added. Layers are called as in the official program,
    but that its ``global`` is ``scene`` here.

    Args:
        outputs: Channels that the maps give.
        inputs: Channels that they take.
        input_size: Side of the small copy, in pixels.
        spatial_bin: Cells of the grid along each side.
        luma_bins: Cells along the guide.
        channel_multiplier: Factor of all channels.
        batch_norm: Whether layers with a ReLU have a batch norm, all but the first.

    Raises:
        ConfigError: ``input_size`` is not twice, four times, ... ``spatial_bin``, or the latter no
            multiple of 4.
    """

    def __init__(
        self,
        outputs: int = 3,
        inputs: int = 3,
        input_size: int = 256,
        spatial_bin: int = 16,
        luma_bins: int = 8,
        channel_multiplier: int = 1,
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        halvings = int(math.log2(max(1, input_size / spatial_bin)))
        if halvings < 1 or spatial_bin << halvings != input_size or spatial_bin % 4:
            raise ConfigError(
                f'input_size={input_size} and spatial_bin={spatial_bin}: the former must be 2, 4, '
                '8, ... times the latter, and that a multiple of 4.'
            )
        self.shape = (outputs, inputs + 1, luma_bins)
        base = channel_multiplier * luma_bins
        norm: dict[str, Any] = dict(batch_norm=batch_norm)
        width = base << (halvings - 1)

        self.splat = nn.Sequential()
        channels = 3
        for index in range(halvings):
            has_norm = batch_norm and index > 0
            block = ConvBlock(channels, base << index, stride=2, batch_norm=has_norm)
            self.splat.add_module(f'conv{index + 1}', block)
            channels = base << index

        side = spatial_bin >> SCENE
        self.scene = nn.ModuleDict(
            dict(
                conv1=ConvBlock(width, 8 * base, stride=2, **norm),
                conv2=ConvBlock(8 * base, 8 * base, stride=2, **norm),
                fc1=LinearBlock(8 * base * side * side, 32 * base, **norm),
                fc2=LinearBlock(32 * base, 16 * base, **norm),
                fc3=nn.Linear(16 * base, 8 * base),
            )
        )
        self.local = nn.Sequential()
        self.local.add_module('conv1', ConvBlock(width, 8 * base, **norm))
        self.local.add_module('conv2', SamePadConv2d(8 * base, 8 * base, 3, bias=False))
        self.prediction = nn.Sequential()
        self.prediction.add_module('conv1', nn.Conv2d(8 * base, math.prod(self.shape), 1))

    def forward(self, image: Tensor) -> Tensor:
        """Predicts a grid.

        Args:
            image: RGB (N, 3, input_size, input_size) in [0, 1].

        Returns:
            (N, outputs, inputs + 1, luma_bins, spatial_bin, spatial_bin).
        """
        features = self.splat(image)
        scene = self.scene['conv2'](self.scene['conv1'](features))
        vector = scene.permute(0, 2, 3, 1).flatten(1)  # as channels lie in TensorFlow
        vector = self.scene['fc3'](self.scene['fc2'](self.scene['fc1'](vector)))
        fused = F.relu(self.local(features) + vector[:, :, None, None])
        # The official channels count guides fastest, then outputs, then inputs.
        outputs, inputs, bins = self.shape
        maps = self.prediction(fused).unflatten(1, (inputs, outputs, bins))
        return maps.transpose(1, 2)
