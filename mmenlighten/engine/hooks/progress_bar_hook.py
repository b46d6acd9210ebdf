"""A progress bar for runs that a person waits for."""

from __future__ import annotations

import atexit
import time
from collections.abc import Mapping
from typing import Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.runner import Runner
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mmenlighten.registry import HOOKS

SECONDS_BETWEEN_LOSSES = 0.5


@HOOKS.register_module()
class ProgressBarHook(Hook):
    """Shows iterations, time left and the sum of the losses on one line of the terminal.

    It goes well with a logger of a long interval. Where the output is no terminal, the bar is
    left out and a line is printed for each tenth of the run.
    """

    priority = 'VERY_LOW'

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._updated = 0.0

    def before_train(self, runner: Runner) -> None:
        """Starts the bar, at the iteration that a resumed run is at."""
        if not is_main_process():
            return
        self._progress = Progress(
            TextColumn('{task.description}'),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn('time left'),
            TimeRemainingColumn(),
        )
        self._task = self._progress.add_task(
            'training', total=runner.max_iters, completed=runner.iter
        )
        if self._progress.console.is_terminal:
            self._progress.start()
            # A run that is broken off must not leave the terminal without its cursor.
            atexit.register(self._progress.stop)

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Mapping[str, Any] | None = None,
    ) -> None:
        """Moves the bar."""
        if self._progress is None:
            return
        done, total = runner.iter + 1, runner.max_iters
        self._progress.update(self._task, completed=done)
        on_terminal = self._progress.console.is_terminal
        if on_terminal:
            is_due = done == total or time.monotonic() - self._updated >= SECONDS_BETWEEN_LOSSES
        else:
            is_due = done * 10 // total > (done - 1) * 10 // total
        if not is_due:  # to read losses is to wait for the GPU
            return
        self._updated = time.monotonic()
        loss = sum(float(value) for value in (outputs or {}).values())
        self._progress.update(self._task, description=f'training, losses {loss:.2f}')
        if not on_terminal:
            left = self._progress.tasks[0].time_remaining
            left_text = '' if left is None else f', {left:.0f} s left'
            print(f'training: {done}/{total} iterations, losses {loss:.2f}{left_text}', flush=True)

    def after_train(self, runner: Runner) -> None:
        """Takes the bar away."""
        if self._progress is not None and self._progress.console.is_terminal:
            self._progress.stop()
            atexit.unregister(self._progress.stop)
