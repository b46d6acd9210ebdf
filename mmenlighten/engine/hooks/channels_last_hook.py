"""The layout in memory that convolutions prefer."""

from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.memory_layout import to_channels_last


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keeps the channels of a pixel side by side in memory, before the run begins.

    Shapes, checkpoints and, but for round-off, results stay the same. See
    :func:`~mmenlighten.utils.memory_layout.to_channels_last`. A model that is wrapped for
    distributed training stays as it is: its wrapper,
    :class:`~mmenlighten.models.SeparateDistributedDataParallel`, has seen to it before.
    """

    def before_run(self, runner: Runner) -> None:
        """Changes the layout of the weights."""
        if unwrap_model(runner.model) is runner.model:
            to_channels_last(runner.model)
