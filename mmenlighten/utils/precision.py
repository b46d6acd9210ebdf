"""Keeps what half precision would spoil in full precision."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

HALF = (torch.float16, torch.bfloat16)


def full_precision(tensor: Tensor) -> Tensor:
    """Casts half precision to float32 and leaves float32 and float64 as they are."""
    return tensor.float() if tensor.dtype in HALF else tensor


def without_autocast(device_type: str) -> AbstractContextManager[object]:
    """A context in which autocast is off, also on ``meta``, which has none."""
    if device_type == 'meta':
        return nullcontext()
    return torch.autocast(device_type, enabled=False)
