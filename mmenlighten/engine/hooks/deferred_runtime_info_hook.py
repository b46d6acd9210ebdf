"""Keeps MMEngine from reading losses in each iteration."""

from __future__ import annotations

from typing import Any

from mmengine.hooks import RuntimeInfoHook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS


@HOOKS.register_module()
class DeferredRuntimeInfoHook(RuntimeInfoHook):
    """MMEngine's hook that logs what the run is doing, but for the losses.

    MMEngine's reads each loss in each iteration, and so waits for the GPU each time.
    :class:`~mmenlighten.engine.loops.GANTrainLoop` puts this one in its place and reads them by
    itself.
    """

    def after_train_iter(self, runner: Runner, *args: Any, **kwargs: Any) -> None:
        """Leaves the losses where they are."""


def defer_losses(runner: Runner) -> None:
    """Keeps MMEngine from reading losses in each iteration; whoever calls this logs them."""
    for index, hook in enumerate(runner.hooks):
        if type(hook) is RuntimeInfoHook:
            deferred = DeferredRuntimeInfoHook()
            deferred.priority = hook.priority
            runner.hooks[index] = deferred


def hook_intervals(runner: Runner) -> set[int]:
    """The numbers of iterations after which hooks of a run log, save or draw."""
    intervals = {
        getattr(hook, 'interval', 0)
        for hook in runner.hooks
        if not getattr(hook, 'by_epoch', False)
    }
    return {interval for interval in intervals if isinstance(interval, int) and interval > 0}
