"""Faster forms of plain models: the same parameters, the same keys, the same results.

Networks in :mod:`mmenlighten.models` are written as papers draw them, in plain torch, and know
nothing of this package. :func:`accelerate` turns their layers into faster ones for training;
:func:`accelerate_for_inference` makes a network that enhances what a trained one enhances.
"""

from torch import nn

from .convert import convert
from .inference import accelerate_for_inference
from .memory import to_channels_last

__all__ = ['accelerate', 'accelerate_for_inference']


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
