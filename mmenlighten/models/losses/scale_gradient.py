"""Gradients that half precision can hold."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class _ScaleGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, tensor: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * ctx.factor, None


def scale_gradient(tensor: Tensor, factor: float) -> Tensor:
    """The tensor as it is, whose gradient is multiplied by a factor on its way back.

    The gradient of a mean is smaller than float16 can hold; a power of two before and its inverse
    behind what is computed in float16 change nothing else.
    """
    result: Tensor = _ScaleGradient.apply(tensor, factor)
    return result
