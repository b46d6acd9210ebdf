from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import WellLitDataset
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import ConfigError, DatasetError

PIPELINE = [
    dict(type='LoadEnhanceImages', keys=('low', 'normal'), longest=20),
    dict(type='PackEnhanceInputs', inputs=('low',), gt='normal'),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in range(7):
        image = np.random.default_rng(index).integers(0, 256, (12, 30, 3), dtype=np.uint8)
        write_image(tmp_path / f'{index}.png', image)
    return tmp_path


def build(folder: Path, **options: Any) -> WellLitDataset:
    return WellLitDataset(str(folder), pipeline=PIPELINE, test_mode=True, **options)


@pytest.mark.parametrize(
    ('every', 'names'), [(1, '0123456'), (3, '036'), (6, '06'), (7, '0'), (100, '0')]
)
def test_one_of_so_many_is_taken(folder: Path, every: int, names: str) -> None:
    dataset = build(folder, every=every)
    paths = [sample['data_samples'].normal_path for sample in dataset]
    assert [Path(path).stem for path in paths] == list(names)


def test_a_photograph_is_its_own_ground_truth_reduced(folder: Path) -> None:
    sample = build(folder)[2]
    low, gt = sample['inputs']['low'], sample['data_samples'].gt
    assert low.shape == (3, 8, 20)
    assert torch.equal(low, gt)
    assert sample['data_samples'].low_path == sample['data_samples'].normal_path


def test_wrong_arguments_and_folders_are_told(folder: Path) -> None:
    with pytest.raises(ConfigError, match='every=0: it must be 1 or more'):
        build(folder, every=0)
    with pytest.raises(DatasetError, match='does not exist'):
        build(folder / 'none')[0]
