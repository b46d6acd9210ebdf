"""Norms by the names that configs call them."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

NORMS: dict[str | None, Callable[[int], nn.Module]] = {
    None: lambda channels: nn.Identity(),
    'instance': nn.InstanceNorm2d,  # without weights and running statistics
    'batch': nn.BatchNorm2d,
}
"""Each is made of the number of channels."""
