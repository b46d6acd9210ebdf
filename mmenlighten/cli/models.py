"""``mmenlighten models``: what there is to choose from."""

from __future__ import annotations

import argparse
from fnmatch import fnmatchcase
from typing import Any

from mmenlighten.apis.model_index import ModelEntry, read_index
from mmenlighten.utils.errors import ConfigError

HEAD = ('name', 'parameters', 'learns from', 'weights', 'config')


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'models', help='list the models', description='Lists the models, with their configs.'
    )
    parser.add_argument(
        'pattern', nargs='?', default='*', help="which of them, such as 'enlightengan*lol'"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Prints a table.

    Raises:
        ConfigError: No model fits the pattern.
    """
    entries = [entry for name, entry in read_index().items() if fnmatchcase(name, args.pattern)]
    if not entries:
        raise ConfigError(f'No model is called {args.pattern}: `mmenlighten models` lists all.')
    rows = [
        (
            entry.name,
            f'{entry.parameters:,}' if entry.parameters else '',
            entry.training_data,
            _weights_of(entry),
            str(entry.config),
        )
        for entry in entries
    ]
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]
    for row in (HEAD, *rows):
        print('  '.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    notes = [f'{entry.name}: {entry.note}.' for entry in entries if entry.note]
    if notes:
        print('\n' + '\n'.join(notes))


def _weights_of(entry: ModelEntry) -> str:
    if entry.weights is None:
        return 'none needed' if entry.parameters == 0 else 'none yet'
    return entry.weights if '://' in entry.weights else 'in the package'
