"""Applies metrics to pictures, in several processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import NamedTuple

import numpy as np

from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import DatasetError, ImageReadError, UserError
from mmenlighten.utils.option_names import option

from .functional.checks import check_pair
from .metrics import ImageMetric
from .metrics.image_metric import CALLED

Pictures = Mapping[str, Mapping[str, str]]
"""For each stem the file of each kind of picture: ``'enhanced'``, ``'gt'``, ``'low'``."""


class PictureScores(NamedTuple):
    """What there is to say of one picture."""

    stem: str
    values: dict[str, float]
    skipped: dict[str, str]
    """Why a metric gives no value for this picture, by the metric's name."""
    errors: list[str]
    """One message for each fault of a file."""


def score_pictures(
    metrics: Sequence[ImageMetric], pictures: Pictures, workers: int
) -> Iterator[PictureScores]:
    """Scores one picture after the other, in order, with several processes if asked for.

    Raises:
        UserError: The system has killed a process.
    """
    if workers == 1:
        for stem, files in pictures.items():
            yield score_picture(metrics, stem, files)
        return
    # Processes that start from nothing: a copy of this one could inherit locks of its threads.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context('forkserver' if 'forkserver' in methods else 'spawn')
    with ProcessPoolExecutor(workers, context, _start_worker, (metrics,)) as pool:
        waiting: deque[Future[PictureScores]] = deque()
        try:
            for stem, files in pictures.items():
                waiting.append(pool.submit(_score_in_worker, stem, files))
                if len(waiting) > 2 * workers:  # a list of a million files is not queued at once
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise UserError(
                'A process that scored pictures was killed, most likely for lack of memory: give '
                f'a smaller {option("workers")}.'
            ) from error


def score_picture(
    metrics: Sequence[ImageMetric], stem: str, files: Mapping[str, str]
) -> PictureScores:
    """Applies all metrics to one picture; faults of its files become messages."""
    scores = PictureScores(stem, {}, {}, [])
    arrays: dict[str, np.ndarray] = {}
    for kind in ('enhanced', *dict.fromkeys(m.reference for m in metrics if m.reference)):
        try:
            image = read_image(files[kind])
            if 'enhanced' in arrays:
                check_pair(arrays['enhanced'], image, CALLED[kind])
            arrays[kind] = image
        except ImageReadError as error:
            scores.errors.append(str(error))
        except DatasetError as error:
            scores.errors.append(f'{files["enhanced"]}: {error}')
    for metric in metrics:
        if not {'enhanced', metric.reference or 'enhanced'} <= arrays.keys():
            continue
        reference = arrays[metric.reference] if metric.reference else None
        try:
            value = metric.measure(arrays['enhanced'], reference)
        except DatasetError as error:  # such as too few pixels for this metric
            scores.skipped[metric.name] = str(error)
            continue
        if value is None:
            scores.skipped[metric.name] = str(metric.skip_reason)
        else:
            scores.values[metric.name] = value
    return scores


_worker_metrics: Sequence[ImageMetric] = ()


def _start_worker(metrics: Sequence[ImageMetric]) -> None:
    import cv2
    import torch

    global _worker_metrics
    _worker_metrics = metrics
    cv2.setNumThreads(1)  # the processes share the cores among them
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _score_in_worker(stem: str, files: Mapping[str, str]) -> PictureScores:
    return score_picture(_worker_metrics, stem, files)
