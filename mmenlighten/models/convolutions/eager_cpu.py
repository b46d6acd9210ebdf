"""Where this package computes convolutions in forms of its own."""

from __future__ import annotations

import torch
from torch import Tensor

DTYPES = (torch.float32, torch.float64)


def is_eager_on_cpu(features: Tensor) -> bool:
    """Whether features are computed with on a CPU, in full precision and at once.

    Not so in code that is compiled, traced or exported, which is to have the plain operators.
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return False
    is_full = features.device.type == 'cpu' and features.dtype in DTYPES
    return is_full and not torch.is_autocast_enabled('cpu')
