"""``mmenlighten models``: what there is to choose from."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mmenlighten.apis.model_index import ModelEntry, index_root, read_index
from mmenlighten.utils.errors import ConfigError

from .json_lines import JsonLines, add_json_option

WIDTH = 100
"""Columns of what is printed, except for the path of a folder."""


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'models',
        help='list the models',
        description='Lists the models that can be used now, and those that need training too if '
        'a pattern names them.',
    )
    add = parser.add_argument
    add('pattern', nargs='?', help="which of all models, such as 'enlightengan*lol'")
    add('--all', action='store_true', help='also list the models that need training')
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Prints tables, or JSON.

    Raises:
        ConfigError: No model fits the pattern.
    """
    lines = JsonLines(args.json)
    pattern = args.pattern or '*'
    entries = [entry for name, entry in read_index().items() if fnmatchcase(name, pattern)]
    if not entries:
        raise ConfigError(f'No model is called {pattern}: `mmenlighten models --all` lists all.')
    ready = [entry for entry in entries if weights_state(entry) != 'untrained']
    untrained = [entry for entry in entries if weights_state(entry) == 'untrained']
    listed = entries if args.all or args.pattern else ready
    if args.json:
        for entry in listed:
            lines.write('model', **about(entry))
        lines.write('summary', listed=len(listed), not_listed=len(entries) - len(listed))
        return
    if ready:
        print('Ready to use, as in `mmenlighten enhance photo.jpg --model NAME`:\n')
        _print_table(('name', 'parameters', 'what it is'), map(_ready_row, ready))
    if ready and untrained:
        print()
    if listed != ready:
        print(f'To be trained first, with tools/train.py. Configs are in\n{index_root()}:')
        _print_untrained(untrained)
    elif untrained:
        print(f'`mmenlighten models --all` lists {len(untrained)} more, which need training.')


def weights_state(entry: ModelEntry) -> str:
    """Where weights come from: ``'package'``, ``'download'``, ``'none needed'``, ``'untrained'``.

    Only of the last nothing can be used.
    """
    if entry.weights is None:
        return 'none needed' if entry.parameters == 0 else 'untrained'
    return 'download' if '://' in entry.weights else 'package'


def about(entry: ModelEntry) -> dict[str, object]:
    """What is told of a model in JSON."""
    return dict(
        name=entry.name,
        config=str(entry.config),
        weights_from=weights_state(entry),
        weights=entry.weights,
        parameters=entry.parameters,
        training_data=entry.training_data,
        note=entry.note,
        has_controls=entry.has_controls,
    )


def _ready_row(entry: ModelEntry) -> tuple[str, str, str]:
    note = entry.note or f'learnt from {entry.training_data}'
    return entry.name, _number(entry), note


def _number(entry: ModelEntry) -> str:
    return f'{entry.parameters:,}' if entry.parameters else ''


def _print_untrained(entries: Sequence[ModelEntry]) -> None:
    """Prints a table for each folder of configs, as paths of configs are too long for a column."""
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for entry in entries:
        folder = entry.config.relative_to(index_root()).parent
        row = entry.config.name, _number(entry), entry.training_data
        rows.setdefault(folder.as_posix(), []).append(row)
    for place, some in rows.items():
        print()
        _print_table((f'{place}/', 'parameters', 'learns from'), some)


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints columns: text, numbers, and text that may take several lines."""
    table = [head, *rows]
    first, second = (max(len(row[column]) for row in table) for column in (0, 1))
    indent = ' ' * (first + second + 4)
    for name, number, text in table:
        start = f'{name:<{first}}  {number:>{second}}  '
        print(textwrap.fill(start + text, WIDTH, subsequent_indent=indent))
