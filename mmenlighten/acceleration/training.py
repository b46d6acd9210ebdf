"""All that makes training faster without changing what is learned."""

from __future__ import annotations

from torch import nn

from .convert import convert
from .memory import to_channels_last


def accelerate(model: nn.Module, channels_last: bool = True) -> None:
    """Makes a model train faster, in place.

    Parameters, buffers, their keys, hooks and references to modules stay; results change by
    round-off. A second call changes nothing.

    Args:
        model: On the device that it is trained on, and before it is wrapped for distributed
            training, which lays out gradients as weights lie then.
        channels_last: Whether weights lie in memory as
            :func:`~mmenlighten.acceleration.memory.to_channels_last` lays them.
    """
    convert(model)
    if channels_last:
        to_channels_last(model)
