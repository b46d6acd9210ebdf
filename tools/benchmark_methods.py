r"""Compares methods over data sets: one table, a file for spreadsheets, and a chart.

    python tools/benchmark_methods.py input gamma clahe lime --data LOL-v1 DICM=photos/DICM
    python tools/benchmark_methods.py configs/enlightengan_lol.py clahe --checkpoint model.pth \
        --data LSRW mine=photos/dark,photos/bright --metrics PSNR SSIM NIQE --out results

Finished pictures are kept: a run that was stopped goes on where it was, and another method or data
set costs only its own pictures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works without being installed

from mmenlighten.apis.benchmark import (
    INPUT,
    build_methods,
    read_sets,
    run_benchmark,
    simple_methods,
    write_reports,
)
from mmenlighten.datasets.known_datasets import KNOWN_DATASETS
from mmenlighten.evaluation.metrics import METRIC_NAMES
from mmenlighten.utils.command_line import check_workers, run_tool, track
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.standard_streams import say


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        'methods',
        nargs='+',
        metavar='METHOD',
        help=f'{", ".join([INPUT, *simple_methods()])} (other settings: gamma:gamma=0.4), '
        'or a config',
    )
    parser.add_argument(
        '--checkpoint',
        nargs='+',
        default=[],
        metavar='FILE',
        help='weights of the configs whose models have parameters, in the same order',
    )
    parser.add_argument(
        '--data',
        nargs='+',
        required=True,
        metavar='NAME[=FOLDER]',
        help=f'data sets: {", ".join(KNOWN_DATASETS)}, with FOLDER as data_root; or any as '
        'NAME=LOW_DIR or NAME=LOW_DIR,GT_DIR',
    )
    parser.add_argument(
        '--metrics',
        nargs='+',
        metavar='NAME',
        help=f'of {", ".join(METRIC_NAMES)}, in any case; default: all that the data allow',
    )
    parser.add_argument(
        '--workers', type=integer, default=1, metavar='N', help='processes that measure'
    )
    parser.add_argument(
        '--out',
        default='work_dirs/benchmark',
        metavar='DIR',
        help='folder of the report and of the pictures (default: %(default)s)',
    )
    args = parser.parse_args()
    check_workers(parser, args.workers)
    return args


def main() -> None:
    """Compares."""
    args = parse_args()
    sets = read_sets(args.data)
    methods = build_methods(args.methods, args.checkpoint)
    multiprocessing.set_forkserver_preload(['mmenlighten.evaluation.folder_evaluation'])
    out = Path(args.out)
    rows, errors = run_benchmark(methods, sets, out / 'pictures', args.metrics, args.workers, track)
    print(write_reports(out, rows, methods, sets))
    print(f'Written to {os.path.join(args.out, "benchmark")}.md, .csv and .png.')
    for sentence in errors:
        say(sentence)
    if errors:
        raise DatasetError(
            f'{len(errors)} pictures could not be measured, see above; the figures are those of '
            'the others.'
        )


if __name__ == '__main__':
    run_tool(main)
