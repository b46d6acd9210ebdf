"""Max pooling by two in a form that compiled code can fuse."""

from __future__ import annotations

from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class FastMaxPool2d(nn.MaxPool2d):
    """Max pooling of 2x2 pixels; see :func:`max_pool_by_two`."""

    @staticmethod
    def fits(module: nn.MaxPool2d) -> bool:
        """Whether a pooling is one of 2x2 pixels that do not overlap."""
        values = module.kernel_size, module.stride, module.padding, module.dilation
        return values == (2, 2, 0, 1) and not module.ceil_mode and not module.return_indices

    def forward(self, features: Tensor) -> Tensor:
        """Pools (N, C, H, W): (N, C, H // 2, W // 2)."""
        return max_pool_by_two(features)


def max_pool_by_two(features: Tensor) -> Tensor:
    """Largest of each 2x2 pixels: (N, C, H, W) as (N, C, H // 2, W // 2).

    As :func:`torch.nn.functional.max_pool2d`, which compiled code does not fuse with what is
    before it, and whose compiled gradient looks up an index for each pixel. There, each pixel of
    even-sized maps asks whether it was chosen.
    """
    is_even = features.shape[-2] % 2 == 0 and features.shape[-1] % 2 == 0
    if not (torch.compiler.is_compiling() and is_even):
        return F.max_pool2d(features, 2)
    if features.requires_grad:
        pooled: Tensor = _MaxPooling.apply(features)
        return pooled
    upper_left, *others = _quarters(features)
    return reduce(torch.maximum, others, upper_left)


def _quarters(features: Tensor) -> list[Tensor]:
    """Of each 2x2 pixels one, row by row."""
    return [features[..., top::2, left::2] for top in (0, 1) for left in (0, 1)]


class _MaxPooling(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor) -> Tensor:
        largest, *others = _quarters(features)
        choice = torch.zeros_like(largest, dtype=torch.uint8)
        for number, quarter in enumerate(others, start=1):
            is_larger = (quarter > largest) | quarter.isnan()  # of equals, the first is chosen
            largest = torch.where(is_larger, quarter, largest)
            choice = torch.where(is_larger, number, choice)
        ctx.save_for_backward(choice.to(torch.uint8))
        return largest

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (choice,) = ctx.saved_tensors
        number = torch.arange(4, dtype=torch.uint8, device=choice.device).view(2, 1, 2, 1)
        (gradient,) = gradients
        # As `channels_last` lies in memory: a convolution before would have another laid out anew.
        choice, gradient = choice.permute(0, 2, 3, 1), gradient.permute(0, 2, 3, 1)
        is_chosen = choice[:, :, None, :, None] == number
        chosen = torch.where(is_chosen, gradient[:, :, None, :, None], 0)
        return chosen.flatten(3, 4).flatten(1, 2).permute(0, 3, 1, 2)
