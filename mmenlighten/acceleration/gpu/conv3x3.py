"""Convolutions that may have few channels."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.devices import half_type_on_gpu

from .pixel_packed_conv3x3 import packed_conv3x3

FEW_INPUTS, MANY_PIXELS = 4, 4
"""Up to so many channels of the input, groups of so many pixels are fastest."""

FEW_OUTPUTS, FEW_PIXELS = 32, 2
"""The same for channels of the result."""


def conv3x3(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A 3x3 convolution, padded with zeros, on a GPU in half precision by :func:`packed_conv3x3`.

    Args:
        features: (N, C, H, W).
        weight: (C', C, 3, 3).
        bias: (C').
    """
    pack = packed_pixels(features, weight)
    dtype = half_type_on_gpu(features)
    if pack == 1 or dtype is None:
        return F.conv2d(features, weight, bias, padding=1)
    result = packed_conv3x3(features.to(dtype), weight.to(dtype), pack)
    return result + bias.to(dtype)[:, None, None]


def packed_pixels(features: Tensor, weight: Tensor) -> int:
    """How many pixels are best seen as one, on a GPU in half precision; 1 elsewhere."""
    if half_type_on_gpu(features) is None:
        return 1
    width = features.shape[-1]
    if weight.shape[1] <= FEW_INPUTS and width % MANY_PIXELS == 0:
        return MANY_PIXELS
    return FEW_PIXELS if weight.shape[0] <= FEW_OUTPUTS and width % FEW_PIXELS == 0 else 1
