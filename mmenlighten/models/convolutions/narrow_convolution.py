"""Convolutions that may have few channels."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from .grouped_convolution import convolve_groups
from .half_on_gpu import half_type_on_gpu

FEW_INPUTS, MANY_PIXELS = 4, 4
"""Up to so many channels of the input, groups of so many pixels are fastest."""

FEW_OUTPUTS, FEW_PIXELS = 32, 2
"""The same for channels of the result."""


def convolve_narrow(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A 3x3 convolution, padded with zeros, on a GPU in half precision by :func:`convolve_groups`.

    Args:
        features: (N, C, H, W).
        weight: (C', C, 3, 3).
        bias: (C').
    """
    group = pixels_of_group(features, weight)
    dtype = half_type_on_gpu(features)
    if group == 1 or dtype is None:
        return F.conv2d(features, weight, bias, padding=1)
    result = convolve_groups(features.to(dtype), weight.to(dtype), group)
    return result + bias.to(dtype)[:, None, None]


def pixels_of_group(features: Tensor, weight: Tensor) -> int:
    """How many pixels are best seen as one, on a GPU in half precision; 1 elsewhere."""
    if half_type_on_gpu(features) is None:
        return 1
    width = features.shape[-1]
    if weight.shape[1] <= FEW_INPUTS and width % MANY_PIXELS == 0:
        return MANY_PIXELS
    return FEW_PIXELS if weight.shape[0] <= FEW_OUTPUTS and width % FEW_PIXELS == 0 else 1
