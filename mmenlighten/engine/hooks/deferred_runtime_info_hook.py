"""MMEngine's facts about a run, without its losses."""

from __future__ import annotations

from typing import Any

from mmengine.hooks import RuntimeInfoHook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS


@HOOKS.register_module()
class DeferredRuntimeInfoHook(RuntimeInfoHook):
    """MMEngine's hook that tells the log what the run is doing, but for the losses.

    MMEngine's reads each loss in each iteration, and so waits for the GPU each time.
    :class:`~mmenlighten.engine.loops.GANTrainLoop` puts this one in its place and reads them by
    itself.
    """

    def after_train_iter(self, runner: Runner, *args: Any, **kwargs: Any) -> None:
        """Leaves the losses where they are."""
