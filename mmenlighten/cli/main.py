"""The console command: reads the command line and hands over to a subcommand."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from mmenlighten.utils.errors import failure_reason
from mmenlighten.utils.required_packages import import_failure
from mmenlighten.utils.run_tool import run_tool
from mmenlighten.utils.standard_streams import prepare_streams
from mmenlighten.version import __version__

from . import app, completion, doctor, enhance, export, merge, models
from .json_lines import JsonLines

SUBCOMMANDS = (enhance, merge, app, export, models, doctor, completion)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs ``mmenlighten``; an error that the user can mend is one sentence and the status 1.

    Args:
        arguments: Words of the command line; by default those of the process.
    """
    prepare_streams()
    args = build_parser().parse_args(arguments)
    run_tool(lambda: _run(args), args.needs_output)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(
        prog='mmenlighten', description='Makes dark photographs bright, and nothing else of them.'
    )
    parser.add_argument('--version', action='version', version=f'mmenlighten {__version__}')
    parser.set_defaults(needs_output=True, json=False)
    subparsers = parser.add_subparsers(title='subcommands', metavar='SUBCOMMAND', required=True)
    for subcommand in SUBCOMMANDS:
        subcommand.add_parser(subparsers)
    return parser


def _run(args: argparse.Namespace) -> None:
    try:
        args.run(args)
    except BrokenPipeError:  # nobody is left to be told
        raise
    except Exception as error:
        message = import_failure(error) if isinstance(error, ImportError) else None
        JsonLines(args.json).write('error', message=message or failure_reason(error))
        raise
