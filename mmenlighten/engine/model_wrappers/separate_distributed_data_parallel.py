"""Distributed training of several networks in one model."""

from __future__ import annotations

from typing import Any

from mmengine.model import MMSeparateDistributedDataParallel
from torch import nn

from mmenlighten.acceleration import accelerate
from mmenlighten.registry import MODEL_WRAPPERS


@MODEL_WRAPPERS.register_module()
class SeparateDistributedDataParallel(MMSeparateDistributedDataParallel):
    """MMEngine's wrapper of each network by itself, around networks that are accelerated.

    The wrapper of a network lays out its gradients as the weights lie then. So what
    :class:`~mmenlighten.engine.hooks.AccelerationHook` does when the run begins must be done here
    before.

    Args:
        module: The model, on the device that it is trained on.
        accelerated: Whether it is given to :func:`~mmenlighten.acceleration.accelerate`.
        channels_last: Its argument of this name.
        options: Arguments of the wrapper in MMEngine.
    """

    def __init__(
        self,
        module: nn.Module,
        accelerated: bool = True,
        channels_last: bool = True,
        **options: Any,
    ) -> None:
        if accelerated:
            accelerate(module, channels_last)
        super().__init__(module, **options)
