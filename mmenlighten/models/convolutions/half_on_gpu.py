"""Where the forms for the matrix units of GPUs are at work."""

from __future__ import annotations

import torch
from torch import Tensor

from mmenlighten.utils.precision import HALF


def half_type_on_gpu(features: Tensor) -> torch.dtype | None:
    """The half precision that a convolution of features is computed in, on a CUDA GPU.

    Returns:
        That of autocast, or else of the features; None for other precisions and devices.
    """
    if not features.is_cuda:
        return None
    dtype = features.dtype
    if torch.is_autocast_enabled('cuda') and dtype != torch.float64:
        dtype = torch.get_autocast_dtype('cuda')
    return dtype if dtype in HALF else None
