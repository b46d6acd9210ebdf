"""Where the fast forms are at work; no code outside this package asks this."""

from __future__ import annotations

import torch
from torch import Tensor

from mmenlighten.utils.precision import HALF

CPU_DTYPES = (torch.float32, torch.float64)
"""Types that the forms for the CPU compute in."""


def is_eager_on_cpu(features: Tensor) -> bool:
    """Whether features are computed with on a CPU, in full precision and at once.

    Not so in code that is compiled, traced or exported, which is to have the plain operators.
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return False
    is_full = features.device.type == 'cpu' and features.dtype in CPU_DTYPES
    return is_full and not torch.is_autocast_enabled('cpu')


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
