"""Writes pictures of what a model gets to see: each sample after the pipeline of a config.

    python tools/visualization/browse_dataset.py configs/enlightengan_lol.py --number 10

The pictures of a sample stand side by side with their names: low, darkened, normal, or gt.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmenlighten.registry import DATASETS
from mmenlighten.utils.command_line import add_config_options, load_config, run_tool, track
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.image_io import write_image
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.side_by_side import comparison_row

KINDS = ('low', 'clean', 'darkened', 'normal', 'gt')
PIXELS_OF_A_LETTER = 8


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config file, such as configs/enlightengan_lol.py')
    parser.add_argument(
        '--out-dir', metavar='DIR', help='default: work_dirs/<name of the config>/dataset_<split>'
    )
    parser.add_argument('--number', type=integer, default=20, help='samples to write (default: 20)')
    parser.add_argument('--split', choices=('train', 'val', 'test'), default='train')
    add_config_options(parser)
    return parser.parse_args()


def build_dataset(config: Config, name: str, split: str) -> Any:
    """Builds the data set of a split with the seed that training has.

    Raises:
        ConfigError: The config has no such data set.
    """
    dataloader = config.get(f'{split}_dataloader')
    if dataloader is None or 'dataset' not in dataloader:
        splits = [key for key in ('train', 'val', 'test') if config.get(f'{key}_dataloader')]
        raise ConfigError(
            f'{name} has no {split}_dataloader.dataset: use --split {" or ".join(splits)}.'
            if splits
            else f'{name} has no data set: give the config of a training.'
        )
    init_default_scope(config.get('default_scope', 'mmenlighten'))
    dataset = DATASETS.build(dataloader.dataset)
    seed = (config.get('randomness') or {}).get('seed')
    if seed is not None and hasattr(dataset, 'set_seed'):
        dataset.set_seed(seed)
    return dataset


def pictures_of(sample: dict[str, Any]) -> dict[str, np.ndarray]:
    """The pictures of a packed sample, as uint8 RGB (H, W, 3), by the name to write over them."""
    inputs, data_sample = dict(sample['inputs']), sample['data_samples']
    if 'darken_later' in data_sample:
        inputs['darkened'] = inputs['low'] / data_sample.darken_later
    if 'gt' in data_sample:
        inputs['gt'] = data_sample.gt
    pictures = {}
    for kind in sorted(inputs, key=lambda k: KINDS.index(k) if k in KINDS else len(KINDS)):
        picture = inputs[kind].float().clamp(0, 255).round().to(torch.uint8)
        path = data_sample.get('normal_path' if kind in ('normal', 'gt') else 'low_path', '')
        label = f'{kind} {Path(path).name}'
        pictures[label[: picture.shape[-1] // PIXELS_OF_A_LETTER]] = np.ascontiguousarray(
            picture.permute(1, 2, 0).numpy()
        )
    return pictures


def main() -> None:
    """Writes the first samples of a data set."""
    arguments = parse_arguments()
    if arguments.number < 1:
        raise ConfigError(f'--number {arguments.number}: it must be 1 or more.')
    config = load_config(arguments.config, arguments.cfg_options)
    dataset = build_dataset(config, arguments.config, arguments.split)
    stem = Path(arguments.config).stem
    folder = Path(arguments.out_dir or f'work_dirs/{stem}/dataset_{arguments.split}')
    number = min(arguments.number, len(dataset))
    for index in track(range(number), f'Writing {arguments.split} samples'):
        sample = dataset[index]
        facts = sample['data_samples']
        name = Path(facts.get('low_path') or facts.get('normal_path', '')).stem
        write_image(folder / f'{index:05d}_{name}.png', comparison_row(pictures_of(sample)))
    print(f'Wrote {number} of {len(dataset)} samples of {arguments.split} to {folder}.')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
