"""Makes the pictures of all methods on all data sets and measures them."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from mmenlighten.evaluation.folder_evaluation import Evaluation, evaluate
from mmenlighten.evaluation.metrics import METRIC_NAMES, ImageMetric, build_metric
from mmenlighten.utils.errors import ConfigError, DatasetError
from mmenlighten.utils.option_names import option

from .methods import Method
from .pictures import Task, make_pictures, seconds_of, tasks_of
from .report import Row
from .sets import BenchmarkSet

Track = Callable[[Sequence[Any], str], Iterable[Any]]
"""Goes through items under a description and shows how far it is."""


def run_benchmark(
    methods: Sequence[Method],
    sets: Sequence[BenchmarkSet],
    folder: Path,
    metrics: Sequence[str] | None = None,
    workers: int = 1,
    track: Track = lambda items, description: items,
) -> tuple[list[Row], list[str]]:
    """Runs methods over data sets; pictures that are finished already are not made again.

    Args:
        methods: What is compared.
        sets: The data sets.
        folder: Where the pictures are kept.
        metrics: Names of metrics; None for all. Sets without a ground truth do without those that
            need one; sets of well-lit photographs have the PSNR against themselves alone.
        workers: Number of processes that measure. Pictures are made in this one alone, so that
            their times are comparable.
        track: Shows the progress.

    Returns:
        The rows of the table, and a sentence for each thing that went wrong.

    Raises:
        ConfigError: A metric does not exist, or none of the data sets has what it needs.
        DatasetError: No picture of a data set can be read, or outputs of another program are
            missing.
    """
    measures, against_itself = _build_metrics(metrics, sets), build_metric('PSNR')
    tasks = {
        (name, method.name): group
        for method in methods
        for name, group in tasks_of(folder, method, sets).items()
    }
    own = [task for group in tasks.values() for task in group if not task.is_of_another_program]
    seconds = {task: seconds_of(task) for task in own}
    missing = [task for task, value in seconds.items() if value is None]
    description = f'enhancing {len(missing)} of {len(seconds)} pictures'
    errors = make_pictures(missing, lambda items: track(items, description)) if missing else []
    seconds.update({task: seconds_of(task) for task in missing})
    rows = []
    for one in sets:
        for method in methods:
            group = tasks.get((one.name, method.name))
            if group is None:  # another program's, for other data sets
                continue
            made = [t for t in group if t.is_of_another_program or seconds[t] is not None]
            if not made:
                raise DatasetError(f'No picture of {one.name} can be read: replace its files.')
            applied = [m for m in measures if one.has_truth or m.reference != 'gt']
            if one.is_well_lit:
                applied = [against_itself]
            measured = _measure(one, made, applied, workers, track)
            sentences = [text for texts in measured.errors.values() for text in texts]
            errors += [sentence for sentence in sentences if sentence not in errors]
            times = [value for task in made if (value := seconds.get(task)) is not None]
            median = statistics.median(times) if times else None
            rows.append(Row(one.name, method.name, len(made), median, measured.document))
    return rows, errors


def _build_metrics(names: Sequence[str] | None, sets: Sequence[BenchmarkSet]) -> list[ImageMetric]:
    """Builds each metric once, so that what it reads or downloads is read or downloaded once."""
    metrics = {m.name: m for m in map(build_metric, METRIC_NAMES if names is None else names)}
    lost = [m.name for m in metrics.values() if m.reference == 'gt']
    if names is not None and lost and not any(one.has_truth for one in sets):
        raise ConfigError(
            f'{option("metrics", lost[0])} compares with a ground truth, which none of the data '
            'sets has: leave it out, or add a data set such as LOL-v1.'
        )
    return list(metrics.values())


def _measure(
    one: BenchmarkSet,
    made: Sequence[Task],
    metrics: Sequence[ImageMetric],
    workers: int,
    track: Track,
) -> Evaluation:
    pictures = {}
    pairs = {pair.low: (name, pair) for name, pair in one.pictures.items()}
    for task in made:
        name, pair = pairs[task.low]
        files = dict(enhanced=str(task.path), low=pair.low)
        if pair.gt is not None:
            files['gt'] = pair.gt
        pictures[name.removesuffix('.png')] = files
    return evaluate(
        metrics,
        pictures,
        min(workers, max(1, len(pictures) // 4)),  # starting one takes as long as a few pictures
        lambda stems: track(stems, f'measuring {made[0].method.name} on {one.name}'),
    )
