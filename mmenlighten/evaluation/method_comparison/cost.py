"""What a model costs, whatever machine it runs on."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

SIZE = (400, 600)
"""Rows and columns of the picture for which operations are counted: that of LOL."""


class Cost(NamedTuple):
    """What a model costs."""

    parameters: int
    """Number of parameters of what enhances; of a GAN the generator's."""
    gflop: float
    """Additions and multiplications, in 10^9, of convolutions and products of matrices."""


def count_cost(model: nn.Module) -> Cost:
    """Counts parameters, and operations for a picture of 400 x 600.

    Args:
        model: A ``BaseEnhancer`` on the CPU.
    """
    enhancing = getattr(model, 'generator', model)
    parameters = sum(parameter.numel() for parameter in enhancing.parameters())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        cast(Any, model).enhance(torch.zeros(1, 3, *SIZE))
    return Cost(parameters, counter.get_total_flops() / 1e9)
