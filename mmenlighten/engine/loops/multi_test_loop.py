"""Testing on several data sets in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from mmengine.dist import is_main_process
from mmengine.runner import Runner, TestLoop

from mmenlighten.engine.hooks import SaveResultsHook
from mmenlighten.registry import LOOPS

from .several_sets import ScoredSet, build_sets, print_table


@LOOPS.register_module()
class MultiTestLoop(TestLoop):
    """Tests on the data set of ``dataloader`` and then on those of ``more``.

    Each set is a test epoch of its own for hooks, which write its results into a sub-folder of its
    name. Keys of metrics begin with that name: ``LOL-v1/PSNR``. In the end one table shows all.

    Args:
        runner: The runner.
        dataloader: See :func:`~mmenlighten.engine.loops.several_sets.build_sets`.
        evaluator: See there.
        more: See there.
        absent: See there.
        only: See there.
        fp16: See MMEngine's ``TestLoop``.

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
        """Tests on all data sets."""
        self.runner.call_hook('before_test')
        self.runner.model.eval()
        metrics: dict[str, float] = {}
        for one in self.sets:
            with self._results_in_sub_folder(one.name):
                metrics.update(self._run_set(one))
        self.runner.call_hook('after_test')
        if is_main_process():
            print_table(metrics, [one.name for one in self.sets])
        return metrics

    def _run_set(self, one: ScoredSet) -> dict[str, float]:
        # Hooks ask the loop for what is being tested.
        self.dataloader, self.evaluator = one.dataloader, one.evaluator
        self.runner.call_hook('before_test_epoch')
        for index, data_batch in enumerate(self.dataloader):
            self.run_iter(index, data_batch)
        metrics = one.evaluate()
        self.runner.call_hook('after_test_epoch', metrics=metrics)
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
