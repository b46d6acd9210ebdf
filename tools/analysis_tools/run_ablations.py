r"""Trains short variants of a config one after the other, measures each, and writes one table.

    python tools/analysis_tools/run_ablations.py --photographs data/free_photographs \\
        --data LOL=data/LOL/eval15/low,data/LOL/eval15/high --well-lit day=photos/day \\
        --final work_dirs/bilateral_curves_s/epoch_30.pth

A second call skips what is done, and goes on with a training that was stopped. The variants are
those of configs/bilateral_curves/ablations.yml, or of a file of your own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.evaluation.method_comparison import (
    BenchmarkSet,
    build_methods,
    overview_document,
    overview_markdown,
    read_sets,
    run_benchmark,
)
from mmenlighten.evaluation.method_comparison.ablations import Variant, read_variants, train_apart
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.command_line import add_config_options, run_tool, tool_parser
from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.sha256 import sha256_of_file

TRAIN = REPOSITORY / 'tools' / 'train.py'
METRICS = ('PSNR', 'SSIM', 'NIQE')


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add(
        '--variants',
        default=REPOSITORY / 'configs' / 'bilateral_curves' / 'ablations.yml',
        type=Path,
        metavar='FILE',
        help='default: configs/bilateral_curves/ablations.yml',
    )
    add(
        '--photographs',
        default='data/free_photographs',
        metavar='DIR',
        help='what is trained on (default: %(default)s)',
    )
    add(
        '--data',
        nargs='+',
        required=True,
        metavar='NAME[=FOLDER]',
        help='data sets to measure on, as tools/benchmark_methods.py takes them',
    )
    add('--well-lit', nargs='+', default=[], metavar='NAME=FOLDER')
    add('--only', nargs='+', metavar='NAME', help='these variants alone')
    add('--final', metavar='CHECKPOINT', help='whole weights, for variants that are not trained')
    add(
        '--out',
        default='work_dirs/ablations',
        type=Path,
        metavar='DIR',
        help='folder of the trainings and of the table (default: %(default)s)',
    )
    add('--nice', type=integer, default=10, metavar='N', help='leave the CPU to others (0: do not)')
    add_config_options(parser)
    return parser.parse_args()


def main() -> None:
    """Trains and measures what is missing."""
    args = parse_arguments()
    variants = read_variants(args.variants, args.photographs, args.cfg_options)
    names = [variant.name for variant in variants]
    if unknown := set(args.only or []) - set(names):
        raise ConfigError(
            f'--only {" ".join(sorted(unknown))}: the variants are {", ".join(names)}.'
        )
    sets = read_sets(args.data, args.well_lit)
    chosen = [v for v in variants if args.only is None or v.name in args.only]
    if args.final is None and (left := [v.name for v in chosen if not v.is_trained]):
        print(f'Without --final CHECKPOINT there is no {", ".join(left)}.')
        chosen = [v for v in chosen if v.is_trained]
    if hasattr(os, 'nice') and args.nice > 0:
        os.nice(args.nice)
    started, made, table = time.monotonic(), 0, ''
    document: dict[str, Any] = {}
    for number, variant in enumerate(chosen, start=1):
        folder = args.out / f'{variant.name}-{variant.key}'
        weights = str(args.final) if not variant.is_trained else None
        facts = dict(sets=_facts(sets), weights=weights and sha256_of_file(weights))
        one = _read(folder / 'result.json', facts)
        if one is None:
            ahead = ''
            if made:
                minutes = (time.monotonic() - started) / made * (len(chosen) - number + 1) / 60
                ahead = f', about {minutes:.0f} minutes left'
            print(f'{number} of {len(chosen)}: {variant.name}{ahead}', flush=True)
            folder.mkdir(parents=True, exist_ok=True)
            variant.config.dump(folder / 'config.py')
            weights = weights or train_apart(TRAIN, folder, '--resume')
            one = measure(variant, weights, sets, folder)
            write_text(folder / 'result.json', json.dumps(dict(facts=facts, document=one)) + '\n')
            made += 1
        document = document or dict(one, methods=[])
        document['methods'] += one['methods']
        table = overview_markdown(document, described=True)
        write_text(args.out / 'ablations.json', json.dumps(document, indent=1) + '\n')
        write_text(args.out / 'ablations.md', table)
    print(table)
    print(f'Written to {args.out / "ablations"}.md and .json.')


def measure(
    variant: Variant, weights: str, sets: Sequence[BenchmarkSet], folder: Path
) -> dict[str, Any]:
    """Measures a variant; its only method is called as it is."""
    methods = build_methods([f'{variant.name}={folder / "config.py"}'], [weights])
    rows, errors = run_benchmark(methods, sets, folder / 'pictures', METRICS)
    if errors:
        raise UserError(errors[0])
    document = overview_document(rows, methods, sets, {}, {}, '')
    document['methods'][0]['description'] = variant.about
    return document


def _facts(sets: Sequence[BenchmarkSet]) -> list[list[Any]]:
    return [[one.name, one.is_well_lit, sorted(one.pictures)] for one in sets]


def _read(path: Path, facts: dict[str, Any]) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding='utf-8'))
        return dict(content['document']) if content['facts'] == facts else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


if __name__ == '__main__':
    run_tool(main)
