"""Convolution and activation in one pass, where oneDNN has it."""

from __future__ import annotations

import torch
from torch import Tensor

HAS_FUSED_CONVOLUTION = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, '_convolution_pointwise'
)
"""The operator is for code that torch compiles; where it is gone, there are two passes."""


def has_fused_activation(features: Tensor) -> bool:
    """Whether :func:`conv_leaky_relu` works on such features."""
    is_plain = features.device.type == 'cpu' and features.dtype == torch.float32
    return is_plain and HAS_FUSED_CONVOLUTION


def conv_leaky_relu(
    features: Tensor, weight: Tensor, bias: Tensor, slope: float, pads_rows: bool = True
) -> Tensor:
    """The leaky ReLU of a 3x3 convolution of (N, C, H, W), padded with zeros; without gradient.

    Without padded rows, the result has two rows less. The activation is applied to what is in the
    processor's registers. By itself it would read and write the whole map once more.
    """
    ones, padding = [1, 1], [int(pads_rows), 1]
    result: Tensor = torch.ops.mkldnn._convolution_pointwise(
        features, weight, bias, padding, ones, ones, 1, 'leaky_relu', [slope], ''
    )
    return result
