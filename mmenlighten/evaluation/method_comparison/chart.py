"""Bars of all methods, data sets and metrics."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmenlighten.evaluation.metrics import build_metric
from mmenlighten.utils.atomic import write_bytes

COLUMNS = 3
NAMES_IN_A_ROW = 4


def write_chart(
    path: Path, results: Sequence[tuple[str, str, Mapping[str, Any]]], metrics: Sequence[str]
) -> None:
    """Draws a panel for each metric: a group of bars for each data set, a colour for each method.

    The thin lines are the 95 % intervals of the means.

    Args:
        path: File to write, a PNG.
        results: Data set, method, and the ``summary`` of its results.
        metrics: Names of the metrics.
    """
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    methods = list(dict.fromkeys(method for _, method, _ in results))
    rows = math.ceil(len(metrics) / COLUMNS)
    names = 0.2 + 0.18 * math.ceil(len(methods) / NAMES_IN_A_ROW)  # inches
    height = 3.2 * rows + names
    chart = Figure(figsize=(4.5 * max(2, min(COLUMNS, len(metrics))), height))
    FigureCanvasAgg(chart)
    colours = colormaps['tab10' if len(methods) <= 10 else 'tab20'].colors  # type: ignore[attr-defined]
    width = 0.8 / len(methods)
    for number, metric in enumerate(metrics, start=1):
        axes = chart.add_subplot(rows, min(COLUMNS, len(metrics)), number)
        values = {
            (dataset, method): summary[metric]
            for dataset, method, summary in results
            if 'mean' in summary.get(metric, {}) and not isinstance(summary[metric]['mean'], str)
        }
        datasets = list(dict.fromkeys(dataset for dataset, _ in values))
        for index, method in enumerate(methods):
            drawn = [d for d in datasets if (d, method) in values]
            means = [values[d, method]['mean'] for d in drawn]
            errors = [_distances(values[d, method]) for d in drawn]
            axes.bar(
                [datasets.index(d) + (index - (len(methods) - 1) / 2) * width for d in drawn],
                means,
                width,
                yerr=list(zip(*errors)) or None,
                error_kw=dict(linewidth=0.8),
                label=method,
                color=colours[index % len(colours)],
            )
        axes.set_xticks(range(len(datasets)), datasets, fontsize=8)
        axes.set_title(f'{metric}{_direction(metric)}', fontsize=10)
    if metrics:
        handles, labels = chart.axes[0].get_legend_handles_labels()
        chart.legend(handles, labels, loc='lower center', ncols=NAMES_IN_A_ROW, fontsize=8)
        chart.tight_layout(rect=(0, names / height, 1, 1))
    data = io.BytesIO()
    chart.savefig(data, format='png', dpi=120)
    write_bytes(path, data.getvalue())


def _distances(summary: Mapping[str, Any]) -> tuple[float, float]:
    low, high = summary['ci95'] or (summary['mean'], summary['mean'])
    return max(0.0, summary['mean'] - low), max(0.0, high - summary['mean'])


def _direction(metric: str) -> str:
    better = build_metric(metric).higher_is_better
    return '' if better is None else ' (higher is better)' if better else ' (lower is better)'
