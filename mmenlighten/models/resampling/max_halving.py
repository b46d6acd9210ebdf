"""Max pooling by two."""

from __future__ import annotations

from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def halve_size(features: Tensor) -> Tensor:
    """Largest of each 2 x 2 pixels: (N, C, H, W) as (N, C, H // 2, W // 2).

    As :func:`torch.nn.functional.max_pool2d`, which compiled code does not fuse with what is
    before it, and whose compiled gradient looks up an index for each pixel. There, each pixel of
    even-sized maps asks whether it was chosen.
    """
    is_even = features.shape[-2] % 2 == 0 and features.shape[-1] % 2 == 0
    if not (torch.compiler.is_compiling() and is_even):
        return F.max_pool2d(features, 2)
    if features.requires_grad:
        halved: Tensor = _Halving.apply(features)
        return halved
    upper_left, *others = _quarters(features)
    return reduce(torch.maximum, others, upper_left)


def _quarters(features: Tensor) -> list[Tensor]:
    """Of each 2 x 2 pixels one, row by row."""
    return [features[..., top::2, left::2] for top in (0, 1) for left in (0, 1)]


class _Halving(torch.autograd.Function):
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
