"""Memory of the CPU that stays with a process that trains."""

from __future__ import annotations

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS
from mmenlighten.utils.host_memory import keep_freed_memory, return_freed_memory


@HOOKS.register_module()
class KeepMemoryHook(Hook):
    """Keeps memory between iterations on a CPU, each of which needs the same blocks again.

    See :func:`~mmenlighten.utils.host_memory.keep_freed_memory`. On a GPU it does nothing: torch
    keeps the memory of a GPU by itself.
    """

    def before_train(self, runner: Runner) -> None:
        """Begins to keep it."""
        if next(runner.model.parameters()).device.type == 'cpu':
            keep_freed_memory()

    def after_train(self, runner: Runner) -> None:
        """Gives it back."""
        if next(runner.model.parameters()).device.type == 'cpu':
            return_freed_memory()
