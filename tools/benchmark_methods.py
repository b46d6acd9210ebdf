r"""Compares methods over data sets: tables, files for spreadsheets and programs, and a chart.

    python tools/benchmark_methods.py input gamma clahe lime --data LOL-v1 DICM=photos/DICM
    python tools/benchmark_methods.py configs/enlightengan_lol.py clahe --checkpoint model.pth \
        --data LSRW mine=photos/dark,photos/bright --metrics PSNR SSIM NIQE --out results
    python tools/benchmark_methods.py input lime others=outputs/of/another/program \
        --data LOL-v1 DICM --well-lit day=photos/day --cost

Finished pictures are kept: a run that was stopped goes on where it was, and another method or data
set costs only its own pictures.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import cv2
import torch

from mmenlighten.datasets.known_datasets import KNOWN_DATASETS
from mmenlighten.evaluation.method_comparison import (
    INPUT,
    BenchmarkSet,
    Cost,
    Method,
    Speed,
    build_methods,
    count_cost,
    measure_speed,
    overview_document,
    read_sets,
    run_benchmark,
    simple_methods,
    write_overview,
    write_reports,
)
from mmenlighten.evaluation.metrics import METRIC_NAMES
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.command_line import check_workers, run_tool, track
from mmenlighten.utils.device_name import device_name
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.standard_streams import say


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add(
        'methods',
        nargs='+',
        metavar='METHOD',
        help=f'{", ".join([INPUT, *simple_methods()])} (other settings: gamma:gamma=0.4), '
        'the name of a model with weights, a config, or LABEL=FOLDER with the outputs of another '
        'program',
    )
    add(
        '--checkpoint',
        nargs='+',
        default=[],
        metavar='FILE',
        help='weights of the configs whose models have parameters, in the same order',
    )
    add(
        '--data',
        nargs='+',
        required=True,
        metavar='NAME[=FOLDER]',
        help=f'data sets: {", ".join(KNOWN_DATASETS)}, with FOLDER as data_root; or any as '
        'NAME=LOW_DIR or NAME=LOW_DIR,GT_DIR',
    )
    add(
        '--well-lit',
        nargs='+',
        default=[],
        metavar='NAME=FOLDER',
        help='photographs that should stay as they are: PSNR against themselves',
    )
    add(
        '--cost',
        action='store_true',
        help='also count parameters and operations, and time a megapixel',
    )
    add('--threads', type=integer, metavar='N', help='threads of torch and OpenCV; default: all')
    add(
        '--metrics',
        nargs='+',
        metavar='NAME',
        help=f'of {", ".join(METRIC_NAMES)}, in any case; default: all that the data allow',
    )
    add('--workers', type=integer, default=1, metavar='N', help='processes that measure')
    add(
        '--out',
        default='work_dirs/benchmark',
        metavar='DIR',
        help='folder of the report and of the pictures (default: %(default)s)',
    )
    args = parser.parse_args()
    check_workers(parser, args.workers)
    if args.threads is not None and args.threads < 1:
        parser.error('--threads must be at least 1')
    return args


def main() -> None:
    """Compares."""
    args = parse_args()
    if args.threads is not None:
        torch.set_num_threads(args.threads)
        cv2.setNumThreads(args.threads)
    sets = read_sets(args.data, args.well_lit)
    methods = build_methods(args.methods, args.checkpoint)
    if 'forkserver' in multiprocessing.get_all_start_methods():
        multiprocessing.set_forkserver_preload(['mmenlighten.evaluation.folder_evaluation'])
    out = Path(args.out)
    rows, errors = run_benchmark(methods, sets, out / 'pictures', args.metrics, args.workers, track)
    costs, speeds = _measure_cost(methods, sets, out / 'pictures') if args.cost else ({}, {})
    print(write_reports(out, rows, methods, sets))
    machine = f'{device_name("cpu")}, torch {torch.__version__}'
    print(write_overview(out, overview_document(rows, methods, sets, costs, speeds, machine)))
    print(
        f'Written to {os.path.join(args.out, "benchmark")}.md, .csv, .png, .json and overview.md.'
    )
    for sentence in errors:
        say(sentence)
    if errors:
        raise DatasetError(
            f'{len(errors)} pictures could not be measured, see above; the figures are those of '
            'the others.'
        )


def _measure_cost(
    methods: Sequence[Method], sets: Sequence[BenchmarkSet], folder: Path
) -> tuple[dict[str, Cost], dict[str, Speed]]:
    counted = [method for method in methods if method.build is not None]
    costs = {
        method.name: count_cost(method.build())
        for method in track(counted, 'counting parameters and operations')
        if method.build is not None
    }
    picture = read_image(next(iter(sets[0].pictures.values())).low)
    speeds = measure_speed(
        methods, picture, folder, lambda missing: track(missing, 'timing a megapixel')
    )
    return costs, speeds


if __name__ == '__main__':
    run_tool(main)
