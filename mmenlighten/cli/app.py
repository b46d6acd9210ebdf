"""``mmenlighten app``: a web page on this computer."""

from __future__ import annotations

import argparse
from typing import Any

from mmenlighten.utils.numbers_of_text import integer

from .model_options import add_computing_options, add_model_options


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'app',
        help='open a web page on this computer',
        description='Opens a web page on this computer: drop photographs, compare, choose the '
        'strength, download. Nothing leaves the computer. Without a model, the small one of the '
        'demo is taken.',
    )
    add_model_options(parser)
    add = parser.add_argument
    add('--host', default='127.0.0.1', metavar='H', help='address (default: 127.0.0.1, only here)')
    add(
        '--allow-host',
        action='extend',
        nargs='+',
        default=[],
        metavar='NAME',
        help='names under which the page answers besides those of this computer, such as that of a '
        'web server that stands before it',
    )
    add('--port', type=integer, default=7860, metavar='N', help='port (default: 7860)')
    add('--memory', metavar='2G', help='what it may take (default: from the device)')
    add(
        '--max-megapixels',
        type=float,
        default=100,
        metavar='N',
        help='refuse larger photographs (default: 100)',
    )
    add_computing_options(parser)
    browser = parser.add_mutually_exclusive_group()
    add = browser.add_argument
    add('--open', action='store_true', default=None, help='open a browser (default: in a terminal)')
    add('--no-browser', dest='open', action='store_false', help='open no browser')
    parser.set_defaults(run=run, needs_output=False)


def run(args: argparse.Namespace) -> None:
    """Serves the page until Ctrl-C."""
    from .app_command import run_app  # NumPy and Pillow are not needed before

    run_app(args)
