"""Folders of small pictures, and what a data set makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.dataset import BaseDataset
from torch.utils.data import DataLoader

CROP_SIZE = 8

TRAIN_PIPELINE = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal')),
    dict(
        type='TransformBroadcaster',
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        share_random_params=False,
        transforms=[
            dict(type='RandomCrop', size=CROP_SIZE),
            dict(type='RandomFlip', prob=0.5, direction='horizontal'),
        ],
    ),
    dict(type='RandomDarken'),
    dict(type='PackEnhanceInputs', inputs=('low', 'normal', 'darkened')),
]
"""The training pipeline of the configs: every random choice that there is."""

LOAD_PIPELINE = [dict(type='LoadEnhanceImages', keys=('low', 'normal'))]


def picture(height: int = 16, width: int = 20, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_pictures(folder: Path, names: Iterable[str], **options: Any) -> None:
    for seed, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = cv2.cvtColor(picture(seed=seed, **options), cv2.COLOR_RGB2BGR)
        path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())


def write_unpaired(root: Path, low: int, normal: int) -> Path:
    """``root/low/0.png`` and so on, each picture another one."""
    write_pictures(root / 'low', [f'{k}.png' for k in range(low)])
    write_pictures(root / 'normal', [f'{k}.png' for k in range(normal)])
    return root


def names(sample: dict[str, Any]) -> tuple[str, ...]:
    """File names of a sample without its folder and ending."""
    return tuple(Path(sample[key]).stem for key in ('low_path', 'normal_path') if key in sample)


def fingerprint(sample: dict[str, Any]) -> tuple[Any, ...]:
    """All that a packed sample holds, in a form that can be compared."""
    pictures = {key: image.numpy().tobytes() for key, image in sample['inputs'].items()}
    return tuple(sorted(pictures.items())), tuple(sorted(sample['data_samples'].metainfo.items()))


def load_epoch(
    dataset: BaseDataset, workers: int, describe: Callable[[Any], Any] = fingerprint
) -> list[Any]:
    """All samples in order, through a data loader."""
    return [describe(sample) for batch in make_loader(dataset, workers) for sample in batch]


def make_loader(dataset: BaseDataset, workers: int, persistent: bool = False) -> DataLoader:
    torch.set_num_threads(1)
    return DataLoader(
        dataset,
        batch_size=2,
        num_workers=workers,
        persistent_workers=persistent,
        collate_fn=list,
        multiprocessing_context='fork' if workers else None,
    )
