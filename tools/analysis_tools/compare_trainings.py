r"""Trains several configs equally long, scores them on the same pictures, and writes one table.

    python tools/analysis_tools/compare_trainings.py configs/enlightengan_demo.py \\
        configs/cyclegan/cyclegan_demo.py --seconds 300 \\
        --data demo=data/demo/test/low,data/demo/test/gt

Each config is trained in a process of its own with its data and settings, but with constant
learning rates: a run that is stopped has no end towards which they could fall. A second call skips
what is done.
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

import numpy as np
from mmengine.config import Config

from mmenlighten.evaluation.method_comparison import (
    BenchmarkSet,
    Method,
    build_methods,
    count_cost,
    overview_document,
    read_sets,
    run_benchmark,
    write_overview,
)
from mmenlighten.evaluation.method_comparison.ablations import train_apart
from mmenlighten.evaluation.method_comparison.pictures import folder_of
from mmenlighten.photos.image_io import read_image, write_image
from mmenlighten.utils.checkpoint import find_latest_checkpoint
from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.command_line import load_config, run_tool, tool_parser, track
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.side_by_side import comparison_row

METRICS = ('PSNR', 'SSIM', 'NIQE')
SHOWN = 3
"""Pictures of each data set that are shown side by side."""


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('configs', nargs='+', metavar='CONFIG', help='what is trained')
    parser.add_argument(
        '--seconds', type=float, default=300, help='training time of each (default: %(default)g)'
    )
    parser.add_argument(
        '--clock',
        choices=['cpu', 'wall'],
        default='cpu',
        help='processor time, to which other programs hardly add, or time (default: %(default)s)',
    )
    parser.add_argument(
        '--train-on',
        metavar='CONFIG',
        help='a config whose training set all learn from, each by its own transforms '
        '(default: the set of each)',
    )
    parser.add_argument(
        '--data',
        nargs='+',
        required=True,
        metavar='NAME[=FOLDER]',
        help='data sets to measure on, as tools/benchmark_methods.py takes them',
    )
    parser.add_argument(
        '--out',
        default='work_dirs/compare_trainings',
        type=Path,
        metavar='DIR',
        help='folder of the trainings, the table and the pictures (default: %(default)s)',
    )
    return parser.parse_args()


def main() -> None:
    """Trains and measures what is missing."""
    args = parse_arguments()
    check_positive('--', seconds=args.seconds)
    names = [Path(path).stem for path in args.configs]
    if len(set(names)) < len(names):
        raise UserError('Two configs have one name: copy one of them under another.')
    trained = [
        train(read_config(path, args.train_on), args.out / name, args.seconds, args.clock)
        for name, path in track(list(zip(names, args.configs)), 'training')
    ]
    sets = read_sets(args.data, [])
    configs = [args.out / name / 'config.py' for name in names]
    inputs = build_methods(['input'])
    methods = build_methods([f'{n}={path}' for n, path in zip(names, configs)], trained)
    pictures = args.out / 'pictures'
    rows, errors = run_benchmark([*inputs, *methods], sets, pictures, METRICS, 1, track)
    if errors:
        raise UserError(errors[0])
    costs = {method.name: count_cost(method.build()) for method in methods if method.build}
    document = overview_document(rows, [*inputs, *methods], sets, costs, {}, '')
    document['methods'][0]['description'] = 'as it is'
    for method, checkpoint in zip(document['methods'][len(inputs) :], trained):
        done = Path(checkpoint).stem.removeprefix('iter_')
        method['description'] = f'{args.seconds:g} s of training, {done} iterations'
    print(write_overview(args.out, document, described=True))
    for one in sets:
        write_rows(one, [*inputs, *methods], pictures, args.out / f'{one.name}.png')
    print(f'Written to {args.out / "overview.md"} and {args.out}/*.png.')


def read_config(path: str, train_on: str | None) -> Config:
    """A config, with the training set of another one, where that is named."""
    config = load_config(path)
    if train_on is not None:
        dataset = dict(load_config(train_on).train_dataloader.dataset)
        dataset['pipeline'] = config.train_dataloader.dataset.pipeline
        config.train_dataloader.dataset = dataset
    return config


def train(config: Config, folder: Path, seconds: float, clock: str) -> str:
    """Trains a config for some seconds, or finds that this has been done.

    Returns:
        The last checkpoint.

    Raises:
        UserError: The training failed.
    """
    limit = dict(type='TimeLimitHook', seconds=seconds, clock=clock)
    config.param_scheduler = None
    config.custom_hooks = [limit]
    config.train_cfg.max_epochs = 10**6
    config.val_dataloader = config.val_cfg = config.val_evaluator = None
    config.default_hooks.checkpoint.interval = 10**6
    config.work_dir = str(folder)
    note = json.dumps(config.to_dict(), sort_keys=True, default=str)
    checkpoint = find_latest_checkpoint(folder)
    if checkpoint is not None and _read(folder / 'trained.json') == note:
        return checkpoint
    folder.mkdir(parents=True, exist_ok=True)
    config.dump(folder / 'config.py')
    checkpoint = train_apart(REPOSITORY / 'tools' / 'train.py', folder)
    (folder / 'trained.json').write_text(note, encoding='utf-8')
    return checkpoint


def write_rows(one: BenchmarkSet, methods: list[Method], pictures: Path, target: Path) -> None:
    """Writes some pictures of a data set as each method enhances them, and the ground truth."""
    rows = []
    for name, pair in list(one.pictures.items())[:SHOWN]:
        row = {m.name: read_image(folder_of(pictures, m) / one.name / name) for m in methods}
        if pair.gt is not None:
            row['ground truth'] = read_image(pair.gt)
        rows.append(comparison_row(row, height=200))
    width = min(row.shape[1] for row in rows)
    write_image(target, np.concatenate([row[:, :width] for row in rows]))


def _read(path: Path) -> Any:
    return path.read_text(encoding='utf-8') if path.is_file() else None


if __name__ == '__main__':
    run_tool(main)
