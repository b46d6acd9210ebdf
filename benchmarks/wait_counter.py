"""Counts how often a training run waits for the GPU."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

REPOSITORY = Path(__file__).resolve().parents[1]
SYNCHRONIZING = 'synchronizing CUDA operation'
"""What torch says when the program waits for the GPU, if it is asked to warn."""


class WaitCounter(Hook):
    """Counts torch's warnings of waits, by iteration and by the line that waits.

    The first iterations, in which memory is taken and algorithms are chosen, do not count.

    Args:
        first: Number of the first iteration that counts, from 0.
    """

    # Before all others, so that what they wait for belongs to the iteration.
    priority = 'HIGHEST'

    def __init__(self, first: int) -> None:
        self.first = first
        self.iteration = -1
        self._show = warnings.showwarning
        self.by_iteration: Counter[int] = Counter()
        self.by_place: Counter[str] = Counter()

    def before_train(self, runner: Runner) -> None:
        """Has torch warn."""
        warnings.filterwarnings('always', message=f'.*{SYNCHRONIZING}')
        self._show, warnings.showwarning = warnings.showwarning, self._count
        torch.cuda.set_sync_debug_mode('warn')

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None) -> None:
        """Whatever comes from now on belongs to this iteration."""
        self.iteration = runner.iter

    def after_train_epoch(self, runner: Runner) -> None:
        """The last iteration is over."""
        torch.cuda.set_sync_debug_mode('default')
        warnings.showwarning = self._show
        self.iteration = -1

    def waits(self, iterations: Sequence[int]) -> float:
        """Mean number of waits in these iterations, as far as they count."""
        counted = [each for each in iterations if each >= self.first]
        return sum(self.by_iteration[each] for each in counted) / max(1, len(counted))

    def _count(
        self, message: Warning | str, category: type[Warning], filename: str, line: int, *more: Any
    ) -> None:
        if SYNCHRONIZING not in str(message):
            self._show(message, category, filename, line, *more)
        elif self.iteration >= self.first:
            path = Path(filename)
            inside = path.is_relative_to(REPOSITORY) and '.venv' not in path.parts
            name = path.relative_to(REPOSITORY) if inside else Path(*path.parts[-2:])
            self.by_iteration[self.iteration] += 1
            self.by_place[f'{name}:{line}'] += 1
