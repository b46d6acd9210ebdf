"""Validation on several data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from mmengine.runner import Runner, ValLoop

from mmenlighten.registry import LOOPS

from .several_sets import build_sets


@LOOPS.register_module()
class MultiValLoop(ValLoop):
    """Validates on the data set of ``dataloader`` and then on those of ``more``, as one epoch.

    Keys of metrics begin with the name of the set, also for ``CheckpointHook.save_best``:
    ``LOL-v1/PSNR``.

    Args:
        runner: The runner.
        dataloader: See :func:`~mmenlighten.engine.loops.several_sets.build_sets`.
        evaluator: See there.
        more: See there.
        absent: See there.
        only: See there.
        fp16: See MMEngine's ``ValLoop``.

    Raises:
        ConfigError: See there.
        DatasetError: See there.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: Mapping[str, Any],
        evaluator: Sequence[Mapping[str, Any]],
        more: Mapping[str, Mapping[str, Any]],
        absent: Literal['skip', 'refuse'] = 'refuse',
        only: Sequence[str] | str | None = None,
        fp16: bool = False,
    ) -> None:
        self.sets = build_sets(runner, dataloader, evaluator, more, absent, only)
        super().__init__(runner, self.sets[0].dataloader, self.sets[0].evaluator, fp16)

    def run(self) -> dict[str, float]:
        """Validates on all data sets."""
        self.runner.call_hook('before_val')
        self.runner.call_hook('before_val_epoch')
        self.runner.model.eval()
        metrics: dict[str, float] = {}
        for one in self.sets:
            # Hooks ask the loop for what is being validated.
            self.dataloader, self.evaluator = one.dataloader, one.evaluator
            for index, data_batch in enumerate(self.dataloader):
                self.run_iter(index, data_batch)
            metrics.update(one.evaluate())
        self.dataloader, self.evaluator = self.sets[0].dataloader, self.sets[0].evaluator
        self.runner.call_hook('after_val_epoch', metrics=metrics)
        self.runner.call_hook('after_val')
        return metrics
