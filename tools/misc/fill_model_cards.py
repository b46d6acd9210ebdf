"""Writes figures, hashes and lists of pictures into model cards, READMEs and docs.

    python tools/misc/fill_model_cards.py
    python tools/misc/fill_model_cards.py --check
    python tools/misc/fill_model_cards.py --figures work_dirs/benchmark/benchmark.json \
        --ablations work_dirs/ablations/ablations.json --training work_dirs/bilateral_curves_s \
        --demo work_dirs/enlightengan_demo/report.md --unpaired work_dirs/unpaired/benchmark.json

What is given is kept in docs/model_zoo, and pages are filled from there, as well as with what
follows from other files of the repository: hashes, numbers of parameters, authors of pictures. Only
what stands between <!-- filled: NAME --> and <!-- end --> changes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.evaluation.method_comparison import overview_markdown, read_overview
from mmenlighten.evaluation.model_card import FilledPage, facts_of, read_pictures
from mmenlighten.evaluation.model_card.training import training_curve, training_table
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.command_line import run_tool, tool_parser
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.scalar_log import read_run

COMPARISONS = ('unpaired', 'paired')
"""Of systems that are trained equally long."""


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
    for name in COMPARISONS:
        add(
            f'--{name}',
            type=Path,
            metavar='JSON',
            help='what tools/analysis_tools/compare_trainings.py has written of such systems',
        )
    add('--training', metavar='RUN', help='work_dir or scalars.json of the training')
    add('--demo', type=Path, metavar='MD', help='report.md that tools/demo.sh has written')
    add('--check', action='store_true', help='writes nothing, and fails where a page would change')
    add('--root', type=Path, default=REPOSITORY, metavar='DIR', help='another checkout')
    return parser.parse_args()


def pages_of(root: Path) -> list[Path]:
    """The pages that may have parts to fill."""
    folders = [root / 'docs' / 'model_zoo', root / 'docs']
    return [*root.glob('README*.md'), *(page for folder in folders for page in folder.glob('*.md'))]


def main() -> None:
    """Fills."""
    args = parse_arguments()
    kept = args.root / 'docs' / 'model_zoo'
    for name in ('figures', 'ablations', *COMPARISONS):
        if getattr(args, name) is not None:
            keep_overview(read_overview(getattr(args, name)), kept / f'{name}.json')
    if args.demo is not None:
        demo_means(args.demo)  # it is one
        write_text(kept / 'demo_report.txt', args.demo.read_text(encoding='utf-8'))
    training = None
    if args.training is not None:
        log = read_run(args.training)
        training = training_table(log)
        write_text(kept / 'bilateral_curves_s_curve.csv', training_curve(log))

    def write(name: str) -> str | None:
        kind, _, about = name.partition(' ')
        if kind.startswith('benchmarks/'):
            return None  # that command fills it by itself
        if kind in ('figures', 'ablations', *COMPARISONS):
            file = kept / f'{kind}.json'
            if not file.exists():
                return None
            document, short = read_overview(file), about == 'short'
            return overview_markdown(document, described=kind != 'figures', short=short)
        if kind == 'training':
            return training
        if kind == 'demo':
            file = kept / 'demo_report.txt'
            return demo_means(file) if about == 'mean' else file.read_text(encoding='utf-8')
        if kind == 'facts':
            return facts_of(about)
        if kind == 'results':  # of a benchmark, without their title
            results = args.root / 'benchmarks' / 'results' / f'{about}.md'
            return results.read_text(encoding='utf-8').partition('\n\n')[2]
        if kind == 'credits':
            return credits_of(args.root, about)
        raise UserError(f'There is nothing to fill into {name}.')

    changed = []
    for page in pages_of(args.root):
        changed += [f'{page}: {name}' for name in FilledPage(page).fill(write, not args.check)]
    if changed and args.check:
        raise UserError(
            f'{", ".join(changed)}: not what the files say; run tools/misc/fill_model_cards.py.'
        )
    print('\n'.join(changed))


def keep_overview(document: dict[str, Any], file: Path) -> None:
    """Keeps what tables show, without the figures of each picture."""
    for method in document['methods']:
        method.pop('pictures', None)
    write_text(file, json.dumps(document, indent=1, ensure_ascii=False) + '\n')


def demo_means(report: Path) -> str:
    """The last row of the demo's table in words.

    Raises:
        UserError: The file is missing, or is no such table.
    """
    try:
        rows = [line.strip('| ').split(' | ') for line in report.read_text('utf-8').splitlines()]
        means = dict(zip(rows[0], rows[-1], strict=True))
        given, ours = means.pop('input'), means.pop('ours')
    except (OSError, UnicodeDecodeError, IndexError, KeyError, ValueError) as error:
        raise UserError(f'{report} is not the report.md of a demo: run tools/demo.sh.') from error
    others = ', '.join(f'{value} by {name}' for name, value in means.items() if name != 'picture')
    return (
        f'PSNR against the true pictures, in the mean: {given} dB as they are, {others}, and '
        f'{ours} by what the demo has learned.'
    )


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
