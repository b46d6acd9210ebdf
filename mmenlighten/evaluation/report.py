"""Figures for people and spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmenlighten.photos.image_io import PathLike
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.option_names import option

from .results import to_json

STATISTICS = ('mean', 'std', 'ci95_low', 'ci95_high', 'n')


def to_markdown(document: Mapping[str, Any], max_images: int | None = None) -> str:
    """A table of means, one of the pictures, and the protocol.

    Args:
        document: See :func:`mmenlighten.evaluation.results.results_document`.
        max_images: The table of pictures is left out if there are more.
    """
    rows = [['metric', 'mean', 'std', '95 % interval', 'n']]
    for name, summary in document['summary'].items():
        if 'skipped' in summary:
            rows.append([name, 'skipped', '', '', ''])
            continue
        figures = [figure(summary['mean']), figure(summary['std'])]
        interval = ' .. '.join(figure(value) for value in summary['ci95'] or ('',))
        rows.append([name, *figures, interval, str(summary['n'])])
    parts = [markdown_table(rows)]
    images = document['images']
    if max_images is None or len(images) <= max_images:
        names = _measured(document)
        rows = [['image', *names]]
        rows += [[stem, *(figure(image.get(n)) for n in names)] for stem, image in images.items()]
        parts.append(markdown_table(rows))
    else:
        place = f'the file of {option("out")}'
        parts.append(f'The table of the {len(images)} pictures is in {place} only.\n')
    parts.append(''.join(f'- {line}\n' for line in _notes(document)))
    return '\n'.join(parts)


def to_csv(document: Mapping[str, Any]) -> str:
    """One table: rows of statistics, then one of each picture; the first column tells which.

    The protocol stands above, each line with a leading ``#``.
    """
    text = io.StringIO()
    text.writelines(f'# {line}\n' for line in _notes(document))
    names = _measured(document)
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['kind', 'image', *names])
    for statistic in STATISTICS:
        values = [_statistic(document['summary'][name], statistic) for name in names]
        writer.writerow([statistic, '', *values])
    for stem, image in document['images'].items():
        writer.writerow(['image', stem, *(image.get(name) for name in names)])
    return text.getvalue()


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    '.json': to_json,
    '.csv': to_csv,
    '.md': to_markdown,
}


def check_ending(path: PathLike, endings: Sequence[str]) -> None:
    """Refuses a file to write whose ending names no known format.

    Raises:
        UserError: So.
    """
    if Path(path).suffix.lower() not in endings:
        raise UserError(f'{option("out", path)}: its name must end in one of {", ".join(endings)}.')


def write_report(path: PathLike, document: Mapping[str, Any]) -> None:
    """Writes figures whole or not at all, in the format that the ending names."""
    check_ending(path, list(WRITERS))
    write_text(path, WRITERS[Path(path).suffix.lower()](document))


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """A table that is also legible as text: the first row is its head, numbers are to the right."""
    cells = [[cell.replace('|', r'\|') for cell in row] for row in rows]
    widths = [max(3, *map(len, column)) for column in zip(*cells)]
    lines = []
    for number, row in enumerate(cells):
        first, *others = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        )
        lines.append('| ' + ' | '.join([first, *others]) + ' |')
        if number == 0:
            rules = ['-' * widths[0], *('-' * (width - 1) + ':' for width in widths[1:])]
            lines.append('| ' + ' | '.join(rules) + ' |')
    return '\n'.join(lines) + '\n'


def figure(value: float | str | None) -> str:
    """A value as it stands in tables; empty if there is none."""
    if value is None:
        return ''
    return value if isinstance(value, str) else f'{value:.4f}'


def _notes(document: Mapping[str, Any]) -> list[str]:
    summary = document['summary'].items()
    skipped = [f'{name} skipped: {one["skipped"]}' for name, one in summary if 'skipped' in one]
    return [*document['protocol'].splitlines(), *skipped]


def _measured(document: Mapping[str, Any]) -> list[str]:
    return [name for name, summary in document['summary'].items() if 'skipped' not in summary]


def _statistic(summary: Mapping[str, Any], name: str) -> Any:
    if name.startswith('ci95'):
        return summary['ci95'] and summary['ci95'][name == 'ci95_high']
    return summary[name]
