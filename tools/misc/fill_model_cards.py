"""Writes figures, hashes and lists of pictures into model cards, README and docs.

    python tools/misc/fill_model_cards.py
    python tools/misc/fill_model_cards.py --figures work_dirs/benchmark/benchmark.json \
        --ablations work_dirs/ablations/ablations.json --training work_dirs/bilateral_curves_s

Without arguments it writes what follows from files of the repository: hashes, numbers of
parameters, authors of pictures. Only what stands between <!-- filled: NAME --> and <!-- end -->
changes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.evaluation.method_comparison import overview_markdown, read_overview
from mmenlighten.evaluation.model_card import FilledPage, facts_of, read_pictures
from mmenlighten.evaluation.model_card.training import training_table
from mmenlighten.utils.command_line import run_tool, tool_parser
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.scalar_log import read_run


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('--figures', type=Path, metavar='JSON', help='what tools/benchmark_methods.py has written')
    add(
        '--ablations',
        type=Path,
        metavar='JSON',
        help='what tools/analysis_tools/run_ablations.py has written',
    )
    add('--training', metavar='RUN', help='work_dir or scalars.json of the training')
    add('--root', type=Path, default=REPOSITORY, metavar='DIR', help='another checkout')
    return parser.parse_args()


def pages_of(root: Path) -> list[Path]:
    """The pages that may have parts to fill."""
    folders = [root / 'docs' / 'model_zoo', root / 'docs']
    return [root / 'README.md', *(page for folder in folders for page in folder.glob('*.md'))]


def main() -> None:
    """Fills."""
    args = parse_arguments()
    figures = None if args.figures is None else read_overview(args.figures)
    ablations = None if args.ablations is None else read_overview(args.ablations)
    training = None if args.training is None else training_table(read_run(args.training))

    def write(name: str) -> str | None:
        kind, _, about = name.partition(' ')
        if kind == 'figures':
            return figures and overview_markdown(figures)
        if kind == 'ablations':
            return ablations and overview_markdown(ablations, described=True)
        if kind == 'training':
            return training
        if kind == 'facts':
            return facts_of(about)
        if kind == 'credits':
            return credits_of(args.root, about)
        raise UserError(f'There is nothing to fill into {name}.')

    for page in pages_of(args.root):
        for name in FilledPage(page).fill(write):
            print(f'{page}: {name}')


def credits_of(root: Path, name: str) -> str:
    """Who has made what a picture shows.

    Raises:
        UserError: No file describes such a picture.
    """
    files = sorted((root / 'docs' / 'model_zoo').glob('*_pictures.yml'))
    for file in files:
        for picture in read_pictures(file):
            if picture.name == name:
                return picture.credits
    raise UserError(f'No docs/model_zoo/*_pictures.yml describes {name}.')


if __name__ == '__main__':
    run_tool(main)
