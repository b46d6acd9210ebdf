"""Faster training with the same results."""

from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.acceleration import accelerate
from mmenlighten.registry import HOOKS
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.host_memory import keep_freed_memory, return_freed_memory


@HOOKS.register_module()
class AccelerationHook(Hook):
    """Gives a model fast layers, their layout in memory, and memory that stays with the process.

    Shapes, checkpoints and, but for round-off, results stay the same. Without it, models train in
    plain torch.

    Args:
        layers: Whether layers become fast ones, see :func:`~mmenlighten.acceleration.accelerate`.
        channels_last: Whether the channels of a pixel lie side by side in memory, see
            :func:`~mmenlighten.acceleration.memory.to_channels_last`. A model that is wrapped for
            distributed training keeps the layout that it has: its wrapper,
            :class:`~mmenlighten.engine.model_wrappers.SeparateDistributedDataParallel`, has seen to
            it before.
        keep_memory: Whether memory that an iteration on a CPU frees is kept for the next one, see
            :func:`~mmenlighten.utils.host_memory.keep_freed_memory`. torch keeps the memory of a
            GPU by itself.
    """

    def __init__(
        self, layers: bool = True, channels_last: bool = True, keep_memory: bool = True
    ) -> None:
        self.layers = layers
        self.channels_last = channels_last
        self.keep_memory = keep_memory

    def before_run(self, runner: Runner) -> None:
        """Changes layers and the layout of their weights."""
        model = unwrap_model(runner.model)
        if self.layers:
            accelerate(model, self.channels_last and model is runner.model)

    def before_train(self, runner: Runner) -> None:
        """Begins to keep memory."""
        if self.keep_memory and _is_on_cpu(runner):
            keep_freed_memory()

    def after_train(self, runner: Runner) -> None:
        """Gives it back."""
        if self.keep_memory and _is_on_cpu(runner):
            return_freed_memory()


def _is_on_cpu(runner: Runner) -> bool:
    return next(runner.model.parameters()).device.type == 'cpu'


@HOOKS.register_module()
class ChannelsLastHook(AccelerationHook):
    """Deprecated: :class:`AccelerationHook` without its care for memory."""

    def __init__(self) -> None:
        super().__init__(keep_memory=False)


@HOOKS.register_module()
class KeepMemoryHook(AccelerationHook):
    """Deprecated: the care of :class:`AccelerationHook` for memory, and nothing else."""

    def __init__(self) -> None:
        super().__init__(layers=False)
