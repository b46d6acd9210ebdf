"""``mmenlighten app``: a web page on this computer."""

from __future__ import annotations

import argparse
from typing import Any

from mmenlighten.utils.numbers_of_text import integer

from .model_options import (
    add_computing_options,
    add_model_options,
    read_choice,
    read_most_pixels,
)


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'app',
        help='open a web page on this computer',
        description='Opens a web page on this computer: drop photographs, compare, choose the '
        'strength, download. Nothing leaves the computer.',
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
    """Serves the page until Ctrl-C.

    Raises:
        UserError: It cannot be served, or the model cannot be built.
    """
    # NumPy and Pillow are not needed before.
    from mmenlighten.apis.enhancer import build_enhancer
    from mmenlighten.app import EnhanceService
    from mmenlighten.app.host_names import read_names
    from mmenlighten.app.offered_models import offered_models
    from mmenlighten.app.serve import ending_by, interrupt, serve
    from mmenlighten.app.server_folder import server_folder
    from mmenlighten.enhancing.options import EnhanceOptions

    most_pixels = read_most_pixels(args)
    names = read_names(args.allow_host)
    options = EnhanceOptions.parse(memory=args.memory)
    models = offered_models(read_choice(args))
    # Also before the server is there, such as while the model is built.
    with ending_by(interrupt), server_folder() as folder:
        service = EnhanceService(folder, models, build_enhancer, options, most_pixels)
        serve(service, args.host, args.port, args.open, names)
