"""Distributed training of several networks in one model."""

from __future__ import annotations

from typing import Any

from mmengine.model import MMSeparateDistributedDataParallel
from torch import nn

from mmenlighten.registry import MODEL_WRAPPERS
from mmenlighten.utils.memory_layout import to_channels_last


@MODEL_WRAPPERS.register_module()
class SeparateDistributedDataParallel(MMSeparateDistributedDataParallel):
    """MMEngine's wrapper of each network by itself, with the layout that convolutions prefer.

    The wrapper of a network lays out its gradients as the weights lie then. So what
    :class:`~mmenlighten.engine.hooks.ChannelsLastHook` does when the run begins must be done here
    before.

    Args:
        module: The model, on the device that it is trained on.
        channels_last: Whether the channels of a pixel lie side by side, see
            :func:`~mmenlighten.utils.memory_layout.to_channels_last`.
        options: Arguments of the wrapper in MMEngine.
    """

    def __init__(self, module: nn.Module, channels_last: bool = True, **options: Any) -> None:
        if channels_last:
            to_channels_last(module)
        super().__init__(module, **options)
