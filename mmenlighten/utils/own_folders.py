"""Puts a user's own folders of pictures into a config, from options of the command line."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

from mmengine.config import Config
from mmengine.logging import print_log

from .errors import ConfigError

CROPS = ('RandomCrop', 'RandomAreaCrop', 'RandomRawCrop')
"""Transforms whose ``size`` is the side of what a network trains on."""


def add_training_folders(parser: argparse.ArgumentParser) -> None:
    """Adds the options that :func:`set_training_folders` takes."""
    add = parser.add_argument
    add('--low', metavar='DIR', help='own low-light pictures to train on')
    add(
        '--normal',
        '--gt',
        metavar='DIR',
        help='own normal-light pictures; for systems that learn from pairs those of the same names',
    )
    add('--crop', type=int, metavar='N', help='side of the crops that are trained on, in pixels')
    add('--batch', type=int, metavar='N', help='pictures in a batch, on each process')


def set_training_folders(config: Config, args: argparse.Namespace) -> None:
    """Applies ``--low``, ``--normal``, ``--crop`` and ``--batch``.

    With own folders nothing is validated, as the config's pictures may not even be there.

    Raises:
        ConfigError: One folder is given without the other, or a number is below 1, or the config
            trains on something else than pictures of two folders, or has no crop.
    """
    loader = config.get('train_dataloader') or {}
    for name in ('crop', 'batch'):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise ConfigError(f'--{name} {number}: at least 1 is needed.')
    if (args.low is None) != (args.normal is None):
        given, missing = ('--low', '--normal') if args.normal is None else ('--normal', '--low')
        raise ConfigError(f'{given} needs {missing} too: the folder of the other pictures.')
    if args.low is not None:
        _set_folders(loader.get('dataset') or {}, args)
        for part in ('dataloader', 'cfg', 'evaluator'):
            config[f'val_{part}'] = None
        print_log('Own folders: trained without validation.', logger='current')
    if args.batch is not None:
        loader['batch_size'] = args.batch
    if args.crop is not None:
        crops = list(_crops(loader.get('dataset')))
        if not crops:
            raise ConfigError(f'--crop: the training set of {args.config} is not cropped.')
        for crop in crops:
            crop['size'] = args.crop


def _set_folders(dataset: dict[str, Any], args: argparse.Namespace) -> None:
    if set(dataset.get('data_prefix') or {}) != {'low', 'normal'}:
        raise ConfigError(
            f'--low and --normal: {args.config} does not train on two folders of pictures: '
            'use a config whose name ends with _lol, _paired or _unpaired.'
        )
    dataset['data_root'] = ''
    dataset['data_prefix'] = dict(
        low=os.path.abspath(args.low), normal=os.path.abspath(args.normal)
    )
    dataset.pop('dataset_name', None)


def _crops(part: Any) -> Iterator[dict[str, Any]]:
    """The transforms of :data:`CROPS` inside a config, also within other transforms."""
    if isinstance(part, dict):
        if part.get('type') in CROPS:
            yield part
        for value in part.values():
            yield from _crops(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _crops(value)


def set_test_folders(config: Config, pictures: str, truth: str | None) -> None:
    """Tests on the pictures of a folder, compared with those of the same names in ``truth``.

    Raises:
        ConfigError: The model takes no pictures.
    """
    training = config.get('train_dataloader') or config.get('test_dataloader') or {}
    if 'Raw' in str((training.get('dataset') or {}).get('pipeline')):
        raise ConfigError('--input: this model takes raw files; use mmenlighten enhance on them.')
    kinds = ('low',) if truth is None else ('low', 'normal')
    packing = dict(type='PackEnhanceInputs', inputs=('low',))
    prefix = dict(low=os.path.abspath(pictures))
    metrics = ['MeanBrightness']
    if truth is not None:
        packing['gt'] = 'normal'
        prefix['normal'] = os.path.abspath(truth)
        metrics = ['PSNR', 'SSIM', 'MeanBrightness']
    config.test_dataloader = dict(
        batch_size=1,
        num_workers=2,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(
            type='ImageFolderDataset' if truth is None else 'PairedImageDataset',
            data_prefix=prefix,
            pipeline=[dict(type='LoadEnhanceImages', keys=kinds), packing],
            test_mode=True,
        ),
    )
    config.test_cfg = dict(type='TestLoop')
    config.test_evaluator = [dict(type=metric) for metric in metrics]
