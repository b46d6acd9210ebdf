"""The results of a comparison as a table, a file for spreadsheets, and a chart."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mmenlighten.evaluation.report import STATISTICS, figure, markdown_table
from mmenlighten.utils.atomic import write_text

from .chart import write_chart
from .methods import Method
from .sets import BenchmarkSet


class Row(NamedTuple):
    """What a method has come to on a data set."""

    dataset: str
    method: str
    pictures: int
    seconds: float | None
    """Median time for a picture; None for another program's."""
    document: dict[str, Any]
    """See :func:`mmenlighten.evaluation.results.results_document`."""

    def summary(self, metric: str) -> dict[str, Any]:
        """Mean and so on of a metric; empty where it does not apply or was skipped."""
        summary = self.document['summary'].get(metric, {})
        return {} if 'skipped' in summary else summary


def write_reports(
    out: Path, rows: Sequence[Row], methods: Sequence[Method], sets: Sequence[BenchmarkSet]
) -> str:
    """Writes ``benchmark.md``, ``benchmark.csv`` and ``benchmark.png``, of dark pictures alone.

    Args:
        out: Folder to write to; made if needed.
        rows: The results.
        methods: The methods in them.
        sets: The data sets in them.

    Returns:
        What ``benchmark.md`` holds.
    """
    well_lit = {one.name for one in sets if one.is_well_lit}
    rows = [row for row in rows if row.dataset not in well_lit]
    markdown = to_markdown(rows, methods, sets)
    write_text(out / 'benchmark.md', markdown)
    write_text(out / 'benchmark.csv', to_csv(rows))
    write_chart(
        out / 'benchmark.png',
        [(row.dataset, row.method, row.document['summary']) for row in rows],
        metrics_of(rows),
    )
    return markdown


def to_markdown(
    rows: Sequence[Row], methods: Sequence[Method], sets: Sequence[BenchmarkSet]
) -> str:
    """One table, and below it what one has to know to compare its figures with others."""
    metrics = metrics_of(rows)
    table = [['data set', 'n', 'method', *metrics, 'time (ms)']]
    for row in rows:
        means = [figure(row.summary(metric).get('mean')) for metric in metrics]
        time = '' if row.seconds is None else f'{1000 * row.seconds:.2f}'
        table.append([row.dataset, str(row.pictures), row.method, *means, time])
    lines = [f'Method {method.name}: {method.description}.' for method in methods]
    lines += [one.remark for one in sets if one.remark is not None]
    lines += [
        'Time: median over the pictures, one picture at a time in memory, without reading and '
        'writing and without a first call; figures of other machines are not comparable.'
    ]
    for row in rows:
        lines += [
            f'{metric}: skipped ({summary["skipped"]}).'
            for metric, summary in row.document['summary'].items()
            if 'skipped' in summary
        ]
        lines += row.document['protocol'].splitlines()
    return markdown_table(table) + '\n' + ''.join(f'- {line}\n' for line in dict.fromkeys(lines))


def to_csv(rows: Sequence[Row]) -> str:
    """One line for each data set, method and metric, with all digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['dataset', 'method', 'metric', *STATISTICS])
    for row in rows:
        for metric in metrics_of(rows):
            summary = row.summary(metric)
            if summary:
                low, high = summary['ci95'] or (None, None)
                values = [summary['mean'], summary['std'], low, high, summary['n']]
                writer.writerow([row.dataset, row.method, metric, *values])
        if row.seconds is not None:
            time = [row.seconds, None, None, None, row.pictures]
            writer.writerow([row.dataset, row.method, 'seconds (median)', *time])
    return text.getvalue()


def metrics_of(rows: Sequence[Row]) -> list[str]:
    """Metrics with a value in any row, in their order."""
    names = dict.fromkeys(name for row in rows for name in row.document['summary'])
    return [name for name in names if any(row.summary(name) for row in rows)]
