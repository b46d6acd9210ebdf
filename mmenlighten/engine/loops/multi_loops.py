"""Validation and testing on several data sets in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from mmengine.dist import is_main_process
from mmengine.runner import BaseLoop, Runner, TestLoop, ValLoop

from mmenlighten.engine.hooks import SaveResultsHook
from mmenlighten.registry import LOOPS

from .several_sets import ScoredSet, build_sets, print_table


class SeveralSetsLoop(BaseLoop):
    """Goes over the data set of ``dataloader`` and then over those of ``more``.

    Keys of metrics begin with the name of the set: ``LOL-v1/PSNR``.

    Args:
        runner: The runner.
        dataloader: Config of the first set's data loader; the others have the same settings.
        evaluator: Configs of the metrics; sets without a ground truth leave out what needs one.
        more: Configs of the further data sets by name.
        absent: Whether a set whose folder is missing is named and passed over, or an error.
        only: Names of the sets to take; None for all.
        fp16: Whether the model runs under autocast.

    Raises:
        ConfigError: ``absent`` is neither of the two, ``only`` names a set that is not there, or a
            data loader gives no batch.
        DatasetError: A folder is missing (``absent='refuse'``), or those of all sets.
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
        first = self.sets[0]
        super().__init__(runner, first.dataloader, first.evaluator, fp16)

    def _take(self, one: ScoredSet) -> None:
        # Hooks ask the loop for what is in work.
        self.dataloader, self.evaluator = one.dataloader, one.evaluator

    def _score(self, one: ScoredSet) -> dict[str, float]:
        for index, data_batch in enumerate(self.dataloader):
            self.run_iter(index, data_batch)
        return one.evaluate()


@LOOPS.register_module()
class MultiValLoop(SeveralSetsLoop, ValLoop):
    """Validation of a :class:`SeveralSetsLoop`, also for ``CheckpointHook.save_best``."""

    def run(self) -> dict[str, float]:
        """Validates on all data sets, as one epoch."""
        self.runner.call_hook('before_val')
        self.runner.call_hook('before_val_epoch')
        self.runner.model.eval()
        metrics: dict[str, float] = {}
        for one in self.sets:
            self._take(one)
            metrics.update(self._score(one))
        self._take(self.sets[0])
        self.runner.call_hook('after_val_epoch', metrics=metrics)
        self.runner.call_hook('after_val')
        return metrics


@LOOPS.register_module()
class MultiTestLoop(SeveralSetsLoop, TestLoop):
    """Test of a :class:`SeveralSetsLoop`: each set is an epoch for hooks; one table shows all."""

    def run(self) -> dict[str, float]:
        """Tests on all data sets, each with a sub-folder for its results."""
        self.runner.call_hook('before_test')
        self.runner.model.eval()
        metrics: dict[str, float] = {}
        for one in self.sets:
            with self._results_in_sub_folder(one.name):
                self._take(one)
                self.runner.call_hook('before_test_epoch')
                scores = self._score(one)
                self.runner.call_hook('after_test_epoch', metrics=scores)
            metrics.update(scores)
        self.runner.call_hook('after_test')
        if is_main_process():
            print_table(metrics, [one.name for one in self.sets])
        return metrics

    @contextmanager
    def _results_in_sub_folder(self, name: str) -> Iterator[None]:
        hooks = [hook for hook in self.runner.hooks if isinstance(hook, SaveResultsHook)]
        folders = [hook.out_dir for hook in hooks]
        for hook in hooks:
            hook.out_dir = hook.out_dir / name
        try:
            yield
        finally:
            for hook, folder in zip(hooks, folders):
                hook.out_dir = folder
