"""Trains a model from a config."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmengine.config import Config
from mmengine.dist import is_main_process

from mmenlighten.utils.batches import check_run
from mmenlighten.utils.checkpoint import check_beginning, find_latest_checkpoint
from mmenlighten.utils.command_line import add_run_options, load_config, run_tool, tool_parser
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.loader_options import mend_loader_options
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.own_folders import add_training_folders, set_training_folders
from mmenlighten.utils.setup_run import (
    check_seed,
    enable_amp,
    enable_auto_scale_lr,
    prepare_distributed,
    set_resume,
    set_work_dir,
)
from mmenlighten.utils.terse_runner import TerseRunner
from mmenlighten.utils.windows import shell_word


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('config', help='config file, such as configs/enlightengan_lol.py')
    add(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from this checkpoint, or from the last whole one of a folder, or of the work '
        'dir (auto)',
    )
    add('--amp', action='store_true', help='mixed precision for every network')
    add(
        '--auto-scale-lr',
        action='store_true',
        help='scale all learning rates by the batch size of all processes',
    )
    add('--seed', type=integer, help="seed of all random choices (default: the config's)")
    add(
        '--deterministic',
        action='store_true',
        help='deterministic algorithms only (slower on GPUs)',
    )
    add_training_folders(parser)
    add_run_options(parser)
    return parser.parse_args()


def merge_args(args: argparse.Namespace) -> Config:
    """The config with all options of the command line applied."""
    config = load_config(args.config, args.cfg_options)
    set_training_folders(config, args)
    set_work_dir(config, args.config, args.work_dir)
    set_resume(config, args.resume)
    if args.amp:
        enable_amp(config)
    if args.auto_scale_lr:
        enable_auto_scale_lr(config)
    if args.seed is not None:
        config.merge_from_dict({'randomness.seed': args.seed})
    if args.deterministic:
        config.merge_from_dict({'randomness.deterministic': True})
    mend_loader_options(config)
    check_seed(config)
    prepare_distributed(config, args.launcher)
    return config


def next_steps(config: Config, name: str) -> str:
    """The commands that use what was trained, best or last; empty if no checkpoint is there.

    Args:
        config: Config of the run.
        name: File name of the config, of which the work dir has a copy with all options.
    """
    folder = Path(config.work_dir)
    best = max(folder.glob('best_*.pth'), key=lambda path: path.stat().st_mtime, default=None)
    weights = best or find_latest_checkpoint(config.work_dir)
    if weights is None:
        return ''
    kept, weights = shell_word(str(folder / name)), shell_word(str(weights))
    if config.model.get('type') in ('ExposureMerger', 'KalantariMerger'):
        return (
            'Try it:\n'
            '  mmenlighten merge DARK MIDDLE BRIGHT --out merged.hdr '
            f'--config {kept} --checkpoint {weights}\n'
            f'  python tools/test.py {kept} {weights}'
        )
    return (
        'Try it:\n'
        f'  mmenlighten enhance PHOTO --config {kept} --checkpoint {weights} --out bright\n'
        f'  python tools/test.py {kept} {weights} --input FOLDER --gt FOLDER'
    )


def main() -> None:
    """Trains."""
    args = parse_args()
    config = merge_args(args)
    runner = TerseRunner.from_cfg(config)
    check_run(runner)
    runner.announce('train', *(['val'] if runner.val_loop is not None else []))
    if config.get('load_from'):
        model = unwrap_model(runner.model)
        check_beginning(model, config.load_from, is_resumed=bool(config.get('resume')))
    runner.train()
    if is_main_process() and (steps := next_steps(config, Path(args.config).name)):
        print(steps)


if __name__ == '__main__':
    run_tool(main, needs_output=False)  # the log has it all too
