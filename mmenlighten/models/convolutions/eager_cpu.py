"""Where this package computes convolutions in forms of its own."""

from __future__ import annotations

import torch
from torch import Tensor

DTYPES = (torch.float32, torch.float64)


def is_eager_on_cpu(features: Tensor) -> bool:
    """Whether features are computed with on a CPU, in full precision and at once.

    Not so in code that is compiled, traced or exported, which is to have the plain operators.
    """
    return (
        features.device.type == 'cpu'
        and features.dtype in DTYPES
        and not torch.is_autocast_enabled('cpu')
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()
    )
