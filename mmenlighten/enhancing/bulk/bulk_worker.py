"""One of the processes that enhance a folder together."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.outcome import Status
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.sidecar_record import UNFINISHED, SidecarRecord
from mmenlighten.enhancing.task import EnhanceTask
from mmenlighten.utils.errors import UserError
from mmenlighten.version import __version__

from .worker_plan import WorkerPlan

Answer = tuple[int, Status, str]
"""The number of a photograph, and what became of it."""


class BulkWorker:
    """One of the processes that enhance a folder together; makes the model ready once.

    Args:
        choice: The model.
        options: How photographs are enhanced.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
        plan: What this process may take.
        version: Of the program that hands out the work.
    """

    def __init__(
        self,
        choice: ModelChoice,
        options: EnhanceOptions,
        out: Path,
        max_pixels: int,
        plan: WorkerPlan,
        version: str,
    ) -> None:
        self.problem = ''
        try:
            _check_machine(out, version)
            enhancer = _build(choice, options, plan)
            record = SidecarRecord(out, enhancer.recipe())
            self.job = EnhanceJob(enhancer, out, max_pixels, record)
        except UserError as error:
            self.problem = str(error)

    def __call__(self, rows: dict[str, np.ndarray]) -> dict[str, list[bytes]]:
        """Enhances some photographs, or skips what is done.

        Args:
            rows: As ``item``, pickled groups of photographs, each with its number.

        Returns:
            As ``answers``, pickled lists of `Answer`, or why nothing can be done on this machine.
        """
        # Pickled, because names of files need not be text.
        groups = [pickle.loads(group) for group in rows['item']]
        return dict(answers=[pickle.dumps(self._enhance(group)) for group in groups])

    def _enhance(self, group: Sequence[tuple[int, EnhanceTask]]) -> list[Answer] | str:
        if self.problem:
            return f'{socket.gethostname()}: {self.problem}'
        numbers, tasks = zip(*group)
        outcomes = self.job.run(tasks)
        return [(n, outcome.status, outcome.sentence) for n, outcome in zip(numbers, outcomes)]


def _check_machine(out: Path, version: str) -> None:
    if version != __version__:
        raise UserError(
            f'mmenlighten {__version__} is installed here, and {version} where the work began: '
            'install the same everywhere.'
        )
    if not (out / UNFINISHED).is_dir():
        raise UserError(
            f'{out} is not here: --out, photographs and weights must be in folders that all '
            'machines share, under the same names.'
        )


def _build(choice: ModelChoice, options: EnhanceOptions, plan: WorkerPlan) -> PhotoEnhancer:
    os.environ['OMP_NUM_THREADS'] = str(plan.cpus)  # read by torch, and for onnxruntime
    if choice.backend == 'torch':
        import cv2
        import torch

        torch.set_num_threads(plan.cpus)
        cv2.setNumThreads(plan.cpus)
    with contextlib.redirect_stdout(sys.stderr):
        enhancer = build_enhancer(choice, options)
    enhancer.share_machine(plan.per_machine)
    return enhancer
