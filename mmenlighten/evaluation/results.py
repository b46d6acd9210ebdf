"""The figures of an evaluation as one document, which all tools write and read."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmenlighten.photos.image_io import PathLike
from mmenlighten.utils.errors import UserError, system_reason

from .metrics import ImageMetric
from .statistics import RESAMPLES, SEED, summarize

PICTURES_PROTOCOL = (
    'Predictions clamped, scaled and rounded to uint8 RGB (files of 16 bit are rounded to 8, alpha '
    'is dropped, gray is repeated); all pixels, nothing is resized or cropped.'
)
STATISTICS_PROTOCOL = (
    'Mean, standard deviation (n - 1) and 95 % interval of the mean (bootstrap over pictures, '
    f'percentiles of {RESAMPLES} resamples, seed {SEED}). A value that is not finite, such as the '
    'PSNR of equal pictures, is written as text and left out of these and of n, unless all are so.'
)


def results_document(
    metrics: Sequence[ImageMetric],
    images: Mapping[str, Mapping[str, float]],
    skipped: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Brings the values of pictures into the format of ``results.json``.

    Args:
        metrics: Those that were applied.
        images: Value of each metric by the picture's stem; a metric may lack some.
        skipped: By each metric's name the stems of those that it could not measure, and why.

    Returns:
        ``protocol``: sentences, one a line; those on a metric that gave values begin with its name
        and a colon. ``summary``: for each metric ``mean``, ``std``, ``ci95`` and ``n``, or why it
        was ``skipped``. ``images``: the values by stem, sorted, where there are any.
    """
    images = {stem: images[stem] for stem in sorted(images) if images[stem]}
    lines = [PICTURES_PROTOCOL, STATISTICS_PROTOCOL]
    summary = {}
    for metric in metrics:
        name = metric.name
        left_out = (skipped or {}).get(name, {})
        stem, reason = next(iter(left_out.items()), ('', metric.skip_reason))
        values = [image[name] for image in images.values() if name in image]
        if not values:
            summary[name] = dict(skipped=reason or 'no picture could be measured')
            continue
        summary[name] = _summary(values)
        lines.append(f'{name}: {metric.protocol}')
        if left_out:
            share = f'{len(left_out)} of {len(left_out) + len(values)} pictures'
            lines.append(f'{name} leaves out {share}, such as {stem}: {reason}')
    return dict(
        protocol='\n'.join(lines),
        summary=summary,
        images={
            stem: {name: _finite_or_text(value) for name, value in image.items()}
            for stem, image in images.items()
        },
    )


def to_json(document: Mapping[str, Any]) -> str:
    """Text of a ``results.json``."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + '\n'


def read_results(path: PathLike) -> dict[str, Any]:
    """Reads a ``results.json``; values of pictures become numbers again.

    Raises:
        UserError: The file is missing or has another format.
    """

    def checked(document: Any) -> dict[str, Any]:
        images = {
            stem: {name: float(value) for name, value in image.items()}
            for stem, image in document['images'].items()
        }
        if not images or not isinstance(document['protocol'], str):
            raise ValueError
        return dict(protocol=document['protocol'], summary=document['summary'], images=images)

    source = 'a .json that tools/evaluate.py has written, or the results.json of tools/test.py'
    return read_figures(path, checked, 'the figures of pictures', source)


def read_figures(
    path: PathLike, checked: Callable[[Any], dict[str, Any]], content: str, source: str
) -> dict[str, Any]:
    """Reads JSON that a tool has written.

    Args:
        path: The file.
        checked: Gives what is wanted of the content; on anything else it fails.
        content: What the file must hold, for messages.
        source: What to give instead, for messages.

    Raises:
        UserError: The file is missing or holds something else.
    """
    try:
        with open(path, encoding='utf-8') as file:
            return checked(json.load(file))
    except OSError as error:
        raise UserError(f'{path} cannot be read: {system_reason(error)}; give {source}.') from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f'{path} does not hold {content}: give {source}.') from error


def metric_protocols(document: Mapping[str, Any]) -> dict[str, str]:
    """The line on each metric, by its name."""
    lines = (line.partition(': ') for line in document['protocol'].splitlines())
    return {name: line for name, _, line in lines if name in document['summary']}


def _summary(values: Sequence[float]) -> dict[str, Any]:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return dict(mean=str(values[0]), std=None, ci95=None, n=len(values))
    summary = summarize(finite)._asdict()
    return summary | dict(ci95=summary['ci95'] and list(summary['ci95']))


def _finite_or_text(value: float) -> float | str:
    # JSON knows neither infinity nor "not a number".
    return float(value) if math.isfinite(value) else str(value)
