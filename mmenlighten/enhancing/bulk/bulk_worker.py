"""One of the processes that enhance a folder together."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.sidecar_manifest import UNFINISHED, SidecarManifest
from mmenlighten.enhancing.task import Status, Task
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.option_names import named_as_flags
from mmenlighten.version import __version__

from .worker_plan import WorkerPlan

Build = Callable[[EnhanceOptions], PhotoEnhancer]
"""Makes a model ready; it is pickled, and called on the machine of the worker."""

Answer = tuple[int, Status, str]
"""The number of a photograph, and what became of it."""


class BulkWorker:
    """One of the processes that enhance a folder together; makes the model ready once.

    Args:
        build: Makes the model ready.
        options: How photographs are enhanced.
        out: The folder of all results.
        max_pixels: Photographs with more pixels are refused.
        plan: What this process may take.
        version: Of the program that hands out the work.
    """

    def __init__(
        self,
        build: Build,
        options: EnhanceOptions,
        out: Path,
        max_pixels: int,
        plan: WorkerPlan,
        version: str,
    ) -> None:
        self.problem = ''
        try:
            _check_machine(out, version)
            with named_as_flags():
                enhancer = _build_within(plan, build, options)
            self.job = EnhanceJob(enhancer, out, max_pixels, SidecarManifest(out))
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

    def _enhance(self, group: Sequence[tuple[int, Task]]) -> list[Answer] | str:
        if self.problem:
            return f'{socket.gethostname()}: {self.problem}'
        numbers, tasks = zip(*group)
        with named_as_flags():  # nobody else starts workers than a command line
            outcomes = list(self.job.run(tasks))
        return [(n, outcome.status, outcome.message) for n, outcome in zip(numbers, outcomes)]


def _check_machine(out: Path, version: str) -> None:
    if version != __version__:
        raise UserError(
            f'mmenlighten {__version__} is installed here, and {version} where the work began: '
            'install the same everywhere.'
        )
    if not (out / UNFINISHED).is_dir():
        raise UserError(
            f'{out} is not here: results, photographs and weights must be in folders that all '
            'machines share, under the same names.'
        )


def _build_within(plan: WorkerPlan, build: Build, options: EnhanceOptions) -> PhotoEnhancer:
    """Makes the model ready with the threads and the memory that the worker may take."""
    os.environ['OMP_NUM_THREADS'] = str(plan.cpus)  # read by torch, and for onnxruntime
    cv2.setNumThreads(plan.cpus)
    with contextlib.redirect_stdout(sys.stderr):
        enhancer = build(options)
    if 'torch' in sys.modules:  # Ray may have loaded it before the variable was set
        sys.modules['torch'].set_num_threads(plan.cpus)
    enhancer.share_machine(plan.per_machine)
    return enhancer
