"""One row for each method, over all data sets: what READMEs and model cards show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmenlighten.evaluation.report import markdown_table
from mmenlighten.evaluation.results import read_figures
from mmenlighten.evaluation.statistics import summarize
from mmenlighten.utils.atomic import write_text

from .cost import SIZE, Cost, Speed
from .methods import Method
from .report import Row
from .sets import BenchmarkSet

PAIRED = ('PSNR', 'SSIM', 'LPIPS-alex')
"""Metrics of pairs that have a column, where they were measured; NIQE has one of each data set."""

MOST_PSNR = 60.0
"""What equal pictures count in means, in dB."""

UNCHANGED = 30.0
"""PSNR in dB from which on a photograph counts as left alone."""


def overview_document(
    rows: Sequence[Row],
    methods: Sequence[Method],
    sets: Sequence[BenchmarkSet],
    costs: Mapping[str, Cost],
    speeds: Mapping[str, Speed],
    machine: str,
) -> dict[str, Any]:
    """Brings all figures into one document, ``benchmark.json``.

    Args:
        rows: The results.
        methods: The methods in them.
        sets: The data sets in them.
        costs: By method; those that are missing have none.
        speeds: Likewise.
        machine: What times depend on.
    """
    documents = {(row.method, row.dataset): row.document for row in rows}
    well_lit = [one.name for one in sets if one.is_well_lit]
    kinds = {True: 'pairs', False: 'dark'}
    return dict(
        machine=machine,
        sets=[
            dict(
                name=one.name,
                kind='well-lit' if one.is_well_lit else kinds[one.has_truth],
                pictures=len(one.pictures),
                remark=one.remark,
            )
            for one in sets
        ],
        methods=[
            dict(
                name=method.name,
                description=method.description,
                parameters=costs[method.name].parameters if method.name in costs else None,
                gflop=costs[method.name].gflop if method.name in costs else None,
                seconds_per_megapixel=speeds[method.name]._asdict()
                if method.name in speeds
                else None,
                figures={
                    name: document['summary']
                    for (of, name), document in documents.items()
                    if of == method.name and name not in well_lit
                },
                well_lit={
                    name: _unchanged(documents[method.name, name]['images'])
                    for name in well_lit
                    if (method.name, name) in documents
                },
                pictures={
                    name: document['images']
                    for (of, name), document in documents.items()
                    if of == method.name
                },
            )
            for method in methods
        ],
        protocol=list(
            dict.fromkeys(line for row in rows for line in row.document['protocol'].splitlines())
        ),
    )


def _unchanged(images: Mapping[str, Mapping[str, float | str]]) -> dict[str, Any]:
    values = [min(MOST_PSNR, float(image['PSNR'])) for image in images.values()]
    summary = summarize(values)._asdict()
    share = sum(value >= UNCHANGED for value in values) / len(values)
    return summary | dict(least=min(values), share_unchanged=share)


def overview_markdown(
    document: Mapping[str, Any],
    names: Sequence[str] | None = None,
    described: bool = False,
    short: bool = False,
) -> str:
    """The table, and below it what one has to know to read it.

    Args:
        document: See :func:`overview_document`.
        names: Methods to show; None for all.
        described: Whether the second column is what the methods are.
        short: Leaves out intervals, costs and some columns, for a page of an overview.
    """
    methods = [one for one in document['methods'] if names is None or one['name'] in names]
    columns = _columns(document['sets'], methods, short)
    if described:
        columns = {'what it is': lambda method: method['description'], **columns}
    rows = [['method', *columns]]
    for method in methods:
        rows.append([f'`{method["name"]}`', *(cell(method) for cell in columns.values())])
    notes = _notes(document, short)
    return markdown_table(rows) + '\n' + ''.join(f'- {line}\n' for line in notes)


def _columns(
    sets: Sequence[Mapping[str, Any]], methods: Sequence[Mapping[str, Any]], short: bool
) -> dict[str, Any]:
    """Functions that give the cell of a method, by the heads of their columns."""
    columns: dict[str, Any] = {}
    for one in sets:
        name = one['name']
        if one['kind'] == 'well-lit' and short:
            columns[f'{name}: PSNR'] = lambda m, s=name: _well_lit(m, s, 'mean', '{:.1f}')
            continue
        if one['kind'] == 'well-lit':
            columns[f'{name}: PSNR'] = lambda m, s=name: _well_lit(m, s, 'mean', '{:.1f}')
            columns[f'{name}: least'] = lambda m, s=name: _well_lit(m, s, 'least', '{:.1f}')
            columns[f'{name}: {UNCHANGED:.0f} dB or more'] = lambda m, s=name: _well_lit(
                m, s, 'share_unchanged', '{:.0%}'
            )
            continue
        paired = PAIRED if short else (*PAIRED, 'NIQE')
        for metric in paired if one['kind'] == 'pairs' else ('NIQE',):
            columns[f'{name}: {metric}'] = lambda m, s=name, k=metric: _figure(m, s, k, short)
    if not short:
        columns['s/MP'] = lambda m: _seconds(m, 'seconds')
        columns['CPU s/MP'] = lambda m: _seconds(m, 'cpu_seconds')
    columns['parameters'] = lambda m: '' if m['parameters'] is None else f'{m["parameters"]:,}'
    if not short:
        columns['GFLOP'] = lambda m: f'{m["gflop"]:.1f}' if (m['gflop'] or 0) >= 0.05 else ''
    return {head: cell for head, cell in columns.items() if any(cell(method) for method in methods)}


def _figure(method: Mapping[str, Any], name: str, metric: str, short: bool) -> str:
    summary = method['figures'].get(name, {}).get(metric, {})
    if 'mean' not in summary:
        return ''
    mean = summary['mean']
    if isinstance(mean, str):
        return mean
    digits = 2 if metric in ('PSNR', 'NIQE') else 3
    interval = summary['ci95']
    if short or not interval or metric == 'NIQE':  # its table would be too wide
        return f'{mean:.{digits}f}'
    return f'{mean:.{digits}f} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})'


def _well_lit(method: Mapping[str, Any], name: str, key: str, form: str) -> str:
    summary = method['well_lit'].get(name)
    return '' if summary is None else form.format(summary[key])


def _seconds(method: Mapping[str, Any], key: str) -> str:
    speed = method['seconds_per_megapixel']
    return '' if speed is None else f'{speed[key]:.2f}'


def _notes(document: Mapping[str, Any], short: bool) -> list[str]:
    numbers = ', '.join(f'{one["name"]} {one["pictures"]}' for one in document['sets'])
    brackets = ' In brackets: 95 % interval of the mean, by bootstrap over pictures.'
    notes = [
        f'Pictures: {numbers}.{"" if short else brackets}',
        'PSNR, SSIM: RGB rounded to 8 bits, without scaling to the brightness of the ground truth. '
        'NIQE: the original model, lower is better.',
    ]
    if any(one['kind'] == 'well-lit' for one in document['sets']):
        rest = f', and the share with {UNCHANGED:.0f} dB or more'
        notes.append(
            f'Well-lit photographs should stay as they are: mean {"" if short else "and least "}'
            f'PSNR against themselves (equal ones count {MOST_PSNR:.0f} dB){"" if short else rest}.'
        )
    if short:
        return notes
    speeds = [speed for one in document['methods'] if (speed := one['seconds_per_megapixel'])]
    if speeds:
        height, width = SIZE
        notes.append(
            f'Seconds for a megapixel: median of {speeds[0]["runs"]} runs after a first one, '
            f'{width}x{height}, threads: {speeds[0]["threads"]}, {document["machine"]}. CPU: the '
            'time of all cores together, which other work on the machine hardly changes.'
        )
    if any(one['gflop'] is not None for one in document['methods']):
        notes.append(
            'Parameters of what enhances. GFLOP: additions and multiplications of convolutions and '
            'products of matrices, for 600x400.'
        )
    return notes


def write_overview(out: Path, document: Mapping[str, Any], described: bool = False) -> str:
    """Writes ``overview.md`` and ``benchmark.json``, the table as :func:`overview_markdown` does.

    Returns:
        What ``overview.md`` holds.
    """
    text = overview_markdown(document, described=described)
    write_text(out / 'overview.md', text)
    content = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    write_text(out / 'benchmark.json', content + '\n')
    return text


def read_overview(path: Path) -> dict[str, Any]:
    """Reads a ``benchmark.json``.

    Raises:
        UserError: The file is missing or is something else.
    """

    def checked(document: Any) -> dict[str, Any]:
        overview_markdown(document)
        return dict(document)

    source = 'the benchmark.json that tools/benchmark_methods.py has written'
    return read_figures(path, checked, 'figures of methods', source)
