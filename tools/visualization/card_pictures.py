"""Draws the pictures of a model card: free photographs, darkened by the synthetic camera, enhanced.

    python tools/visualization/card_pictures.py --photographs data/free_photographs
    python tools/visualization/card_pictures.py docs/model_zoo/readme_pictures.yml \
        --photographs docs/images/dark
    python tools/visualization/card_pictures.py docs/model_zoo/bilateral_curves_s_pictures.yml \
        --model configs/bilateral_curves/bilateral_curves_s.py --checkpoint best.pth

The file tells photographs, kinds of darkness and seeds; equal weights give equal pictures.
Afterwards tools/misc/fill_model_cards.py writes the lists of authors and licences into the card.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import numpy as np

from mmenlighten.evaluation.method_comparison import build_methods
from mmenlighten.evaluation.model_card import draw, read_pictures
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.command_line import run_tool, tool_parser
from mmenlighten.utils.errors import UserError


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add(
        'pictures',
        nargs='?',
        type=Path,
        default=REPOSITORY / 'docs' / 'model_zoo' / 'bilateral_curves_s_pictures.yml',
        help='default: docs/model_zoo/bilateral_curves_s_pictures.yml',
    )
    add('--model', default='bilateral_curves_s', help='name or config (default: %(default)s)')
    add('--checkpoint', metavar='FILE', help='weights of a config')
    add(
        '--photographs',
        type=Path,
        default=Path('data/free_photographs'),
        metavar='DIR',
        help='as tools/dataset_converters/free_photographs.py fetches them (default: %(default)s)',
    )
    add('--out-dir', type=Path, default=REPOSITORY / 'docs' / 'images', metavar='DIR')
    return parser.parse_args()


def main() -> None:
    """Draws."""
    args = parse_arguments()
    pictures = read_pictures(args.pictures)
    if not args.photographs.is_dir():
        raise UserError(
            f'{args.photographs} does not exist: fetch the photographs with '
            'tools/dataset_converters/free_photographs.py, or give their folder by --photographs.'
        )
    lists = [picture.credits for picture in pictures]  # nobody is shown without being named

    @cache
    def load(model: str) -> Callable[[np.ndarray], np.ndarray]:
        [method] = build_methods([model], [args.checkpoint] if args.checkpoint else [])
        return method.load()

    for picture, names in zip(pictures, lists):
        methods = picture.methods or {'enhanced': args.model}
        loaded = {name: load(model) for name, model in methods.items()}
        data = draw(picture, loaded, args.photographs)
        write_bytes(args.out_dir / picture.name, data)
        print(f'{args.out_dir / picture.name}: {len(data) / 1000:.0f} kB')
        print(names)


if __name__ == '__main__':
    run_tool(main)
