"""Scores the pictures of folders, whatever program made them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, NamedTuple

import numpy as np

from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError, UserError
from mmenlighten.utils.image_io import read_image

from .metrics import METRIC_NAMES, ImageMetric, build_metric
from .metrics.full_reference_metric import GT_MEAN_SUFFIX
from .results import results_document

OPTIONS = {'enhanced': '--pred', 'gt': '--gt', 'low': '--input'}
"""Command line option that gives the folder of each kind of picture."""

Pictures = Mapping[str, Mapping[str, str]]
"""For each stem the file of each kind of picture."""


class PictureScores(NamedTuple):
    """What there is to say of one picture."""

    stem: str
    values: dict[str, float]
    skipped: dict[str, str | None]
    """Why a metric gives no value for this picture, by the metric's name."""
    errors: list[str]
    """One sentence for each thing that went wrong."""


class Evaluation(NamedTuple):
    """What :func:`evaluate` finds."""

    document: dict[str, Any]
    """See :func:`mmenlighten.evaluation.results.results_document`."""
    errors: dict[str, list[str]]
    """Sentences on what could not be scored, by stem."""


def choose_metrics(
    names: Sequence[str] | None, kinds: Iterable[str], gt_mean: bool = False
) -> list[ImageMetric]:
    """Builds metrics by name.

    Args:
        names: Names in any case; None stands for all that the given pictures allow.
        kinds: Kinds of pictures that there are (keys of :data:`OPTIONS`).
        gt_mean: Whether the GT-mean variants of all chosen metrics are appended.

    Raises:
        ConfigError: A metric does not exist, or compares with pictures that there are not.
    """
    given = set(kinds)
    chosen: dict[str, ImageMetric] = {}
    for name in METRIC_NAMES if names is None else names:
        metric = build_metric(name)
        if metric.reference is None or metric.reference in given:
            chosen.setdefault(metric.name, metric)
        elif names is not None:
            raise ConfigError(
                f'{metric.name} compares with pictures that are not given: add '
                f'{OPTIONS[metric.reference]} DIR or leave the metric out.'
            )
    if gt_mean:
        if 'gt' not in given:
            raise ConfigError('--gt-mean takes the brightness from the ground truth: add --gt DIR.')
        for metric in list(chosen.values()):
            if metric.reference == 'gt' and not metric.name.endswith(GT_MEAN_SUFFIX):
                variant = build_metric(metric.name + GT_MEAN_SUFFIX)
                chosen.setdefault(variant.name, variant)
    return list(chosen.values())


def evaluate(
    metrics: Sequence[ImageMetric],
    pictures: Pictures,
    workers: int = 1,
    progress: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> Evaluation:
    """Scores all pictures; what cannot be scored is told and left out.

    The result does not depend on the number of workers, and memory holds no more pictures than
    there are workers.

    Args:
        metrics: Each is applied to each picture.
        pictures: Files by stem and kind.
        workers: Number of processes; 1 works in this one.
        progress: Goes through the stems and shows how far it is.
    """
    for metric in metrics:
        metric.prepare()
    images: dict[str, dict[str, float]] = {}
    errors: dict[str, list[str]] = {}
    by_name = {metric.name: metric for metric in metrics}
    for _, scores in zip(progress(list(pictures)), score_pictures(metrics, pictures, workers)):
        images[scores.stem] = scores.values
        if scores.errors:
            errors[scores.stem] = scores.errors
        for name, reason in scores.skipped.items():
            by_name[name].skip_reason = reason
    return Evaluation(results_document(metrics, images), errors)


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
                'a smaller --workers.'
            ) from error


def score_picture(
    metrics: Sequence[ImageMetric], stem: str, files: Mapping[str, str]
) -> PictureScores:
    """Applies all metrics to one picture; faults of its files become sentences."""
    scores = PictureScores(stem, {}, {}, [])
    arrays: dict[str, np.ndarray | None] = {}
    for kind in ('enhanced', *dict.fromkeys(m.reference for m in metrics if m.reference)):
        try:
            arrays[kind] = read_image(files[kind])
        except ImageReadError as error:
            arrays[kind] = None
            scores.errors.append(str(error))
    for metric in metrics:
        enhanced = arrays['enhanced']
        reference = arrays[metric.reference] if metric.reference else None
        if enhanced is None or (metric.reference and reference is None):
            continue
        try:
            value = metric.measure(enhanced, reference)
        except DatasetError as error:
            sentence = f'{files["enhanced"]}: {error}'
            if sentence not in scores.errors:  # several metrics may say the same
                scores.errors.append(sentence)
            continue
        if value is None:
            scores.skipped[metric.name] = metric.skip_reason
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
