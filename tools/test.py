"""Scores a model on the test set of a config, and keeps the pictures it makes."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmengine.config import Config

from mmenlighten.utils.batches import check_batches
from mmenlighten.utils.checkpoint import read_fitting_weights
from mmenlighten.utils.command_line import add_run_options, load_config, run_tool, tool_parser
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.loader_options import mend_loader_options
from mmenlighten.utils.own_folders import set_test_folders
from mmenlighten.utils.setup_run import check_seed, prepare_distributed, set_work_dir
from mmenlighten.utils.terse_runner import TerseRunner


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('config', help='config file, such as configs/enlightengan_lol.py')
    add(
        'checkpoint',
        nargs='?',
        help='weights: a checkpoint of tools/train.py or an address; none for a model without '
        'parameters, such as that of configs/classical/clahe_lol.py',
    )
    add('--out', metavar='DIR', help='write the enhanced pictures and results.json there')
    add('--input', metavar='DIR', help='enhance the pictures of this folder instead')
    add('--gt', metavar='DIR', help='compare them with pictures of the same names there')
    add_run_options(parser)
    return parser.parse_args()


def merge_args(args: argparse.Namespace) -> Config:
    """The config with all options of the command line applied."""
    config = load_config(args.config, args.cfg_options)
    if args.input is not None:
        set_test_folders(config, args.input, args.gt)
    elif args.gt is not None:
        raise ConfigError('--gt needs --input too: the folder of the pictures to enhance.')
    if config.get('test_dataloader') is None:
        raise ConfigError(
            f'{args.config} has no test set: give a folder with --input, or test_dataloader, '
            'test_cfg and test_evaluator.'
        )
    checkpoint = args.checkpoint
    if checkpoint is not None and '://' not in checkpoint and not os.path.isfile(checkpoint):
        raise CheckpointError(f'The checkpoint {checkpoint} does not exist.')
    set_work_dir(config, args.config, args.work_dir)
    config.load_from, config.resume = checkpoint, False
    if args.out is not None:
        hook = dict(type='SaveResultsHook', out_dir=args.out)
        config.custom_hooks = [*(config.get('custom_hooks') or []), hook]
    mend_loader_options(config)
    check_seed(config)
    prepare_distributed(config, args.launcher)
    return config


def main() -> None:
    """Tests."""
    args = parse_args()
    config = merge_args(args)
    runner = TerseRunner.from_cfg(config)
    model = unwrap_model(runner.model)
    if config.load_from is not None:
        read_fitting_weights(model, config.load_from)
    elif any(True for _ in model.parameters()):
        raise CheckpointError(
            f'weights are missing: give the file of the weights for {args.config} after it.'
        )
    check_batches(runner.test_loop.dataloader, 'test_dataloader')
    runner.announce('test')
    runner.test()


if __name__ == '__main__':
    run_tool(main, needs_output=False)  # the log has it all too
