"""Writes pictures of what a model gets to see: each sample after the pipeline of a config.

    python tools/visualization/browse_dataset.py configs/enlightengan_lol.py --number 10

The pictures of a sample stand side by side with their names: low, clean, darkened, normal, or gt,
and the kind of darkness where a camera has made it; of a bracket dark, low, bright, and normal
light (mu-law). With --sheet, one picture shows all that the
model gets as low, beside real photographs (--beside) or beside what is wanted:

    python tools/visualization/browse_dataset.py CONFIG --sheet sheet.jpg --beside photos/dark
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

from mmenlighten.camera.batched import take_photographs
from mmenlighten.photos.image_io import list_images, read_image, write_image
from mmenlighten.registry import DATASETS
from mmenlighten.utils.command_line import (
    add_config_options,
    load_config,
    run_tool,
    tool_parser,
    track,
)
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.mu_law import mu_law
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.side_by_side import comparison_row, contact_sheet

FRAMES = ('dark', 'low', 'bright')
"""Of a bracket."""

KINDS = ('dark', 'low', 'bright', 'clean', 'darkened', 'normal', 'gt')
PIXELS_OF_A_LETTER = 8


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('config', help='config file, such as configs/enlightengan_lol.py')
    add('--out-dir', metavar='DIR', help='default: work_dirs/<name of the config>/dataset_<split>')
    add('--number', type=integer, default=20, help='samples to write (default: 20)')
    add('--split', choices=('train', 'val', 'test'), default='train')
    add('--sheet', metavar='FILE', help='writes this one picture of all samples instead of rows')
    add('--beside', metavar='DIR', help='photographs that the sheet shows beside the samples')
    add('--columns', type=integer, default=4, help='of each half of the sheet (default: 4)')
    add('--side', type=integer, default=160, help='of its squares in pixels (default: 160)')
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
    """The pictures of a packed sample, as uint8 RGB (H, W, 3), by their kinds."""
    inputs, data_sample = dict(sample['inputs']), sample['data_samples']
    if 'darken_later' in data_sample:
        inputs['darkened'] = inputs['low'] / data_sample.darken_later
    if 'camera_settings' in data_sample:
        taken = take_photographs(inputs['normal'][None], [data_sample.camera_settings])
        inputs.update({kind: pictures[0] for kind, pictures in taken.items()})
    if 'gt' in data_sample:
        inputs['gt'] = data_sample.gt
    if 'exposures' in inputs:
        del inputs['exposures']
        inputs.update(zip(FRAMES, inputs['low'].split(3)))
        if 'normal' in inputs:  # light
            inputs['normal'] = mu_law(inputs['normal'] / 255) * 255
    pictures = {}
    for kind in sorted(inputs, key=lambda k: KINDS.index(k) if k in KINDS else len(KINDS)):
        picture = inputs[kind].float().clamp(0, 255).round().to(torch.uint8)
        pictures[kind] = np.ascontiguousarray(picture.permute(1, 2, 0).numpy())
    return pictures


def row_of(sample: dict[str, Any]) -> np.ndarray:
    """The pictures of a sample side by side, each with its kind and its file above it."""
    facts = sample['data_samples']
    labelled = {}
    for kind, picture in pictures_of(sample).items():
        path = facts.get('normal_path' if kind in ('normal', 'gt') else 'low_path', '')
        label = f'{kind} {Path(path).name or facts.get("darkness", "")}'
        labelled[label[: picture.shape[1] // PIXELS_OF_A_LETTER]] = picture
    return comparison_row(labelled)


def write_sheet(samples: Sequence[dict[str, Any]], arguments: argparse.Namespace) -> None:
    """Writes one picture of all samples, beside photographs of a folder or what is wanted.

    Raises:
        ConfigError: The samples have no dark picture, or the folder has no picture.
    """
    pictures = [pictures_of(sample) for sample in samples]
    if 'low' not in pictures[0]:
        raise ConfigError(f'{arguments.config} makes no picture `low`, which a sheet shows.')
    wanted = 'normal' if 'normal' in pictures[0] else 'gt'
    halves = {'low': [kinds['low'] for kinds in pictures]}
    if arguments.beside is not None:
        names = list_images(arguments.beside)
        if not names:
            raise ConfigError(f'{arguments.beside} has no picture: give --beside another folder.')
        chosen = names[:: max(1, len(names) // len(samples))][: len(samples)]
        title = Path(arguments.beside).name
        halves[title] = [read_image(Path(arguments.beside) / name) for name in chosen]
    elif wanted in pictures[0]:
        halves[wanted] = [kinds[wanted] for kinds in pictures]
    sheets = {
        title: contact_sheet(half, arguments.columns, arguments.side)
        for title, half in halves.items()
    }
    height = max(sheet.shape[0] for sheet in sheets.values())
    for title, sheet in sheets.items():  # a folder may have fewer pictures than there are samples
        below = ((0, height - sheet.shape[0]), (0, 0), (0, 0))
        sheets[title] = np.pad(sheet, below, constant_values=255)
    write_image(arguments.sheet, comparison_row(sheets))


def main() -> None:
    """Writes the first samples of a data set."""
    arguments = parse_arguments()
    if arguments.number < 1:
        raise ConfigError(f'--number {arguments.number}: it must be 1 or more.')
    config = load_config(arguments.config, arguments.cfg_options)
    dataset = build_dataset(config, arguments.config, arguments.split)
    number = min(arguments.number, len(dataset))
    summary = f'{number} of {len(dataset)} samples of {arguments.split}'
    if arguments.sheet is not None:
        # From all of the data set, as neighbours in a folder are alike.
        indices = range(0, number * (len(dataset) // number), len(dataset) // number)
        samples = [dataset[index] for index in track(indices, 'Making samples')]
        write_sheet(samples, arguments)
        print(f'Wrote {summary} to {arguments.sheet}.')
        return
    stem = Path(arguments.config).stem
    folder = Path(arguments.out_dir or f'work_dirs/{stem}/dataset_{arguments.split}')
    for index in track(range(number), f'Writing {arguments.split} samples'):
        sample = dataset[index]
        facts = sample['data_samples']
        name = Path(facts.get('low_path') or facts.get('normal_path', '')).stem
        kind = f'_{facts.darkness}' if 'darkness' in facts else ''
        write_image(folder / f'{index:05d}_{name}{kind}.png', row_of(sample))
    print(f'Wrote {summary} to {folder}.')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
