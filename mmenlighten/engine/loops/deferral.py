"""Which hooks need losses, and when."""

from __future__ import annotations

from mmengine.hooks import RuntimeInfoHook
from mmengine.runner import Runner

from mmenlighten.engine.hooks.deferred_runtime_info_hook import DeferredRuntimeInfoHook


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
