from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.datasets import NormalLightDataset
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import ConfigError, DatasetError

PIPELINE = [
    dict(type='LoadEnhanceImages', keys=('normal',)),
    dict(type='RandomAreaCrop', size=16),
    dict(type='SynthesizeLowLight'),
    dict(type='PackEnhanceInputs', inputs=('low', 'clean', 'normal')),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in range(3):
        image = np.random.default_rng(index).integers(60, 200, (24, 30, 3), dtype=np.uint8)
        write_image(tmp_path / 'photos' / f'{index}.png', image)
    return tmp_path / 'photos'


def test_each_photograph_comes_so_often_and_never_alike(folder: Path) -> None:
    dataset = NormalLightDataset(folder, repeat=2, pipeline=PIPELINE)
    assert len(dataset) == 6
    first, again = dataset[0], dataset[3]
    assert set(first['inputs']) == {'low', 'clean', 'normal'}
    assert first['data_samples'].normal_path == again['data_samples'].normal_path
    assert not np.array_equal(first['inputs']['low'], again['inputs']['low'])
    assert np.array_equal(first['inputs']['low'], dataset[0]['inputs']['low'])
    dataset.set_epoch(1)
    assert not np.array_equal(first['inputs']['low'], dataset[0]['inputs']['low'])


def test_a_damaged_photograph_is_passed_over(folder: Path) -> None:
    (folder / '1.png').write_bytes(b'no picture')
    dataset = NormalLightDataset(folder, pipeline=PIPELINE)
    assert dataset[1]['data_samples'].normal_path.endswith('2.png')
    assert dataset.num_unreadable == 1


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match='repeat=0'):
        NormalLightDataset(tmp_path, repeat=0)
    with pytest.raises(DatasetError, match='has no picture'):
        NormalLightDataset(tmp_path)
