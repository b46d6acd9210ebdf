"""Scores the pictures of folders, whatever program made them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import option

from .metrics import METRIC_NAMES, ImageMetric, build_metric
from .metrics.image_metric import GT_MEAN_SUFFIX
from .picture_scores import Pictures, score_pictures
from .results import results_document

FLAGS = {'enhanced': 'pred', 'gt': 'gt', 'low': 'input'}
"""Name of the flag that gives the folder of each kind of picture."""


class Evaluation(NamedTuple):
    """What :func:`evaluate` finds."""

    document: dict[str, Any]
    """See :func:`mmenlighten.evaluation.results.results_document`."""
    errors: dict[str, list[str]]
    """Sentences on faulty files, by stem."""


def choose_metrics(
    names: Sequence[str] | None, kinds: Iterable[str], gt_mean: bool = False
) -> list[ImageMetric]:
    """Builds metrics by name.

    Args:
        names: Names in any case; None stands for all that the given pictures allow.
        kinds: Kinds of pictures that there are (keys of :data:`FLAGS`).
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
                f'{option(metric.reference, "DIR", FLAGS[metric.reference])} or leave the metric '
                'out.'
            )
    if gt_mean:
        if 'gt' not in given:
            raise ConfigError(
                f'{option("gt_mean")} takes the brightness from the ground truth: add '
                f'{option("gt", "DIR")}.'
            )
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
    """Scores all pictures; what cannot be scored is reported and left out.

    The result does not depend on the number of workers, and the memory for pictures not on the
    number of pictures.

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
    skipped: dict[str, dict[str, str]] = {metric.name: {} for metric in metrics}
    for _, scores in zip(progress(list(pictures)), score_pictures(metrics, pictures, workers)):
        images[scores.stem] = scores.values
        if scores.errors:
            errors[scores.stem] = scores.errors
        for name, reason in scores.skipped.items():
            skipped[name][scores.stem] = reason
    return Evaluation(results_document(metrics, images, skipped), errors)
