"""``mmenlighten enhance``: dark photographs in, bright ones out."""

from __future__ import annotations

import argparse
from typing import Any

from mmenlighten.utils.numbers_of_text import integer

from .json_lines import add_json_option
from .model_options import add_computing_options, add_model_options

CONTROLS = {
    'denoise': 'how much noise is taken away: 0 to 1 (default: as the model judges)',
    'brightness': 'wanted mean brightness of the result: 0 to 1 (default: as the model judges)',
}
COLOUR = 'how much of a cast of colour is taken away: 0 to 1 (default: 1)'


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'enhance',
        help='make dark photographs and videos bright',
        description='Makes dark photographs and videos bright. Size, depth, transparency, colour '
        'profile and camera data stay as they are. A second run skips what is done.',
    )
    add = parser.add_argument
    add('inputs', nargs='+', metavar='INPUT', help='file, folder, pattern, or - for standard input')
    add(
        '--out',
        metavar='DIR',
        help='folder for the results; - writes to standard output (default: photo_bright.jpg '
        'beside photo.jpg, the folder photos_bright beside photos)',
    )
    add_model_options(parser)
    add('--strength', type=float, default=1.0, metavar='S', help='0 to 1.5 (default: 1)')
    for name, words in CONTROLS.items():
        add(f'--{name}', type=float, metavar='S', help=words)
    add('--colour', '--color', type=float, default=1.0, metavar='S', help=COLOUR)
    add('--ratio', type=float, metavar='N', help='of raw files: times too dark (default: guessed)')
    add('--only-dark', action='store_true', help='copy well-lit photographs as they are')
    add('--tile', default='auto', metavar='N', help='auto, none, or pixels (default: auto)')
    add('--memory', metavar='2G', help='what it may take (default: from the device)')
    add_computing_options(parser)
    add(
        '--format',
        choices=('auto', 'jpeg', 'tiff', 'png'),
        default='auto',
        help='of results of raw files (default: tiff) and of HEIC, AVIF, JPEG XL (default: jpeg); '
        'others keep theirs',
    )
    add(
        '--quality',
        default='keep',
        metavar='N',
        help='of JPEG and WebP: keep, or 1 to 100 (default: keep)',
    )
    add(
        '--max-megapixels',
        type=float,
        default=200,
        metavar='N',
        help='refuse larger photographs, which hostile files pretend to be (default: 200)',
    )
    add(
        '--batch',
        type=integer,
        default=1,
        metavar='N',
        help='photographs of one size to compute at once, which helps GPUs (default: 1)',
    )
    add(
        '--guided',
        action='store_true',
        help='show the model a small copy of large photographs only: fast at any size',
    )
    add(
        '--compare',
        action='store_true',
        help='also write before and after side by side, as NAME.compare.jpg',
    )
    add(
        '--smoothing',
        choices=('on', 'off'),
        default='on',
        help="of a video's brightness over time (default: on)",
    )
    add('--overwrite', action='store_true', help='replace results that were made otherwise')
    add(
        '--engine',
        choices=('plain', 'ray'),
        default='plain',
        help='this process, or workers of Ray on one or several machines (default: plain)',
    )
    add('--address', metavar='HOST:PORT', help='of a Ray cluster (default: this machine alone)')
    add(
        '--workers',
        type=integer,
        metavar='N',
        help='of Ray (default: as many as GPUs, or cores)',
    )
    add(
        '--cpus-per-worker',
        type=integer,
        metavar='N',
        help='cores and threads of each worker of Ray',
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Enhances; exits with the status 1 if something was not done."""
    from .enhance_command import run_enhance  # NumPy and Pillow are not needed before

    run_enhance(args)
