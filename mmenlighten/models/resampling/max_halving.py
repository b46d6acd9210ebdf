"""Max pooling by two."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


def halve_size(features: Tensor) -> Tensor:
    """Largest of each 2 x 2 pixels: (N, C, H, W) as (N, C, H // 2, W // 2).

    As :func:`torch.nn.functional.max_pool2d`, whose compiled gradient looks up an index for each
    pixel. In compiled code that trains, each pixel of even-sized maps asks whether it was chosen.
    """
    is_even = features.shape[-2] % 2 == 0 and features.shape[-1] % 2 == 0
    if torch.compiler.is_compiling() and features.requires_grad and is_even:
        halved: Tensor = _Halving.apply(features)
        return halved
    return F.max_pool2d(features, 2)


class _Halving(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor) -> Tensor:
        quarters = [features[..., top::2, left::2] for top in (0, 1) for left in (0, 1)]
        largest, choice = quarters[0], torch.zeros_like(quarters[0], dtype=torch.uint8)
        for number, quarter in enumerate(quarters[1:], start=1):
            is_larger = (quarter > largest) | quarter.isnan()  # of equals, the first is chosen
            largest = torch.where(is_larger, quarter, largest)
            choice = torch.where(is_larger, number, choice)
        ctx.save_for_backward(choice.to(torch.uint8))
        return largest

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (choice,) = ctx.saved_tensors
        number = torch.arange(4, dtype=torch.uint8, device=choice.device).view(2, 1, 2)
        is_chosen = choice[..., :, None, :, None] == number
        gradient = gradients[0][..., :, None, :, None]
        return torch.where(is_chosen, gradient, 0).flatten(-2).flatten(-3, -2)
