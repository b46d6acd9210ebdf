from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.datasets import LowLightSynthesis
from mmenlighten.registry import DATASETS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.seeding import sample_randomness
from tests.golden import REPOSITORY
from tests.test_datasets.pictures import picture, write_pictures


def darkened(index: int = 0, level: float = 0.5, **options: Any) -> np.ndarray:
    """A gray picture, darkened, in [0, 1]."""
    normal = np.full((64, 64, 3), 255 * level, np.float32)
    with sample_randomness(0, 0, index):
        results = LowLightSynthesis(**options)(dict(normal=normal))
    low: np.ndarray = results['low']
    assert low.dtype == np.float32
    assert 0 <= low.min() <= low.max() <= 255
    return low / 255


def test_exponents_are_even_between_their_ends() -> None:
    levels = [darkened(index, max_noise=0) for index in range(400)]
    assert all(np.ptp(low) == 0 for low in levels)
    exponents = np.log([low.mean() for low in levels]) / np.log(0.5)
    counts = np.histogram(exponents, 5, (2, 5))[0]
    assert counts.sum() == 400
    assert ((counts - 80) ** 2 / 80).sum() < 23.5  # by chance once in ten thousand


def test_variance_of_the_noise_is_even_up_to_its_most() -> None:
    variances = [darkened(index, gamma=(1, 1)).var() for index in range(400)]
    shares = np.divide(variances, (25 / 255) ** 2)
    counts = np.histogram(shares, 4, (0, 1.05))[0]
    assert counts.sum() == 400
    assert abs(shares.mean() - 0.5) < 4 / np.sqrt(12 * 400)
    assert ((counts - 100) ** 2 / 100).sum() < 30


def test_order_decides_what_is_left_of_the_noise() -> None:
    after, before = (
        np.mean([darkened(index, 0.2, order=order).std() for index in range(30)])
        for order in ('darken_first', 'noise_first')
    )
    assert before < after / 3


@pytest.mark.parametrize('kind', [np.uint8, np.uint16])
def test_whole_numbers_and_randomness_of_the_sample(kind: type) -> None:
    normal = picture().astype(kind) * kind(np.iinfo(kind).max // 255)
    transform = LowLightSynthesis()
    results = []
    for index in (3, 3, 4):
        with sample_randomness(0, 0, index):
            results.append(transform(dict(normal=normal))['low'])
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])
    exact = LowLightSynthesis(gamma=(2, 2), max_noise=0)(dict(normal=normal))['low']
    np.testing.assert_allclose(exact, (picture() / 255.0) ** 2 * 255, atol=1e-3)


@pytest.mark.parametrize(
    ('options', 'name'),
    [
        (dict(gamma=(0, 2)), 'gamma='),
        (dict(gamma=(5, 2)), 'gamma='),
        (dict(max_noise=-1), 'max_noise=-1'),
        (dict(order='both'), "order='both' is unknown: use one of darken_first, noise_first"),
    ],
)
def test_wrong_arguments_are_named(options: dict[str, Any], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        LowLightSynthesis(**options)


def test_representation_shows_the_arguments() -> None:
    shown = "LowLightSynthesis(gamma=(2.0, 5.0), max_noise=25.0, order='darken_first')"
    assert repr(LowLightSynthesis()) == shown


def test_a_folder_of_photographs_makes_pairs(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['a.png', 'b.png'], height=60, width=70)
    config = Config.fromfile(REPOSITORY / 'configs' / 'retinexnet' / 'retinexnet_synthetic.py')
    config.train_dataloader.dataset.data_root = str(tmp_path)
    sample = DATASETS.build(config.train_dataloader.dataset)[1]['inputs']
    assert {name: tuple(x.shape) for name, x in sample.items()} == dict.fromkeys(
        ('low', 'normal'), (3, 48, 48)
    )
    assert sample['low'].mean() < sample['normal'].float().mean()
    config.val_dataloader.dataset.data_root = str(tmp_path)
    held_out = DATASETS.build(config.val_dataloader.dataset)
    first, again = held_out[0], held_out[0]
    assert first['data_samples'].low_path == str(tmp_path / 'a.png')
    assert Path(held_out.data_prefix['low']) == tmp_path  # by which results are named
    assert first['data_samples'].gt.shape == (3, 60, 70)
    assert (first['inputs']['low'] == again['inputs']['low']).all()
