from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmenlighten.datasets import SynthesizeLowLight
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.seeding import sample_randomness


def photograph() -> np.ndarray:
    rows, columns = np.mgrid[0:48, 0:48] / 48
    image = np.stack([0.3 + 0.5 * rows, 0.7 - 0.4 * columns, 0.4 + 0.2 * rows * columns], axis=2)
    return (image * 255).astype(np.uint8)


def take(index: int, **options: Any) -> dict[str, Any]:
    with sample_randomness(0, 0, index):
        return SynthesizeLowLight(**options)(dict(normal=photograph()))


def test_kinds_ranges_and_shapes() -> None:
    kinds = set()
    for index in range(40):
        results = take(index)
        kinds.add(results['darkness'])
        assert results['low'].dtype == np.uint8
        for key in ('clean', 'normal'):
            assert results[key].dtype == np.float32
            assert results[key].shape == results['low'].shape == (48, 48, 3)
            assert 0 <= results[key].min() <= results[key].max() <= 255
    assert kinds == {'underexposed', 'unevenly_lit', 'backlit', 'night', 'well_lit'}


def test_a_sample_is_a_function_of_seed_epoch_and_index() -> None:
    for key in ('low', 'clean', 'normal'):
        assert np.array_equal(take(3)[key], take(3)[key])
    assert not np.array_equal(take(3)['low'], take(4)['low'])


def test_without_noise_the_camera_delivers_the_clean_picture() -> None:
    only = dict(shares=dict(well_lit=1.0), noise_share=0.0, jpeg_share=0.0)
    errors = [np.abs(r['low'] - r['clean']).max() for r in (take(i, **only) for i in range(12))]
    assert np.median(errors) <= 0.51  # rounding; a tenth of the pictures are blurred a little


def test_low_light_is_darker_and_noisier_than_what_is_wanted() -> None:
    for index in range(10):
        results = take(index, shares=dict(underexposed=1.0), jpeg_share=0.0)
        assert results['low'].mean() < 0.8 * results['normal'].mean()
        assert results['low'].mean() == pytest.approx(results['clean'].mean(), abs=4)


def test_well_lit_pictures_are_wanted_as_they_are() -> None:
    for index in range(10):
        results = take(index, shares=dict(well_lit=1.0))
        np.testing.assert_allclose(results['clean'], results['normal'], atol=0.01)


@pytest.mark.parametrize(
    ('shares', 'words'),
    [
        (dict(nigth=1.0), 'names nigth'),
        (dict(night=-1.0, backlit=2.0), 'none may be negative'),
        (dict(night=0.0), 'nor all be 0'),
    ],
)
def test_wrong_shares_are_named(shares: dict[str, float], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        SynthesizeLowLight(shares=shares)


@pytest.mark.parametrize('shot_range', [(0.0, 1e-3), (2e-3, 1e-3), (1e-3,), (-1e-3, 1e-3)])
def test_wrong_ranges_of_noise_are_named(shot_range: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match=r'shot_range=.*the least and the most'):
        SynthesizeLowLight(shot_range=shot_range)


def test_more_shot_noise_is_more_noise() -> None:
    only = dict(shares=dict(well_lit=1.0), noise_share=1.0, jpeg_share=0.0)
    noise = {}
    for shot in (1e-5, 1e-3, 1e-2):
        results = [take(index, shot_range=(shot, shot), **only) for index in range(8)]
        noise[shot] = np.median([np.std(r['low'] - r['clean']) for r in results])
    assert noise[1e-5] < 0.5 * noise[1e-3] < 0.25 * noise[1e-2]


@pytest.mark.parametrize(('low_key', 'share', 'kinds'), [
    ((0, 0.9), 1.0, {'well_lit'}), ((0, 0.9), 0.0, {'night'}), ((0, 0.1), 1.0, {'night'}),
])  # fmt: skip
def test_photographs_that_are_meant_to_be_dark(
    low_key: tuple[float, float], share: float, kinds: set[str]
) -> None:
    options = dict(shares=dict(night=1.0, well_lit=1e-9), low_key=low_key, low_key_share=share)
    assert {take(index, **options)['darkness'] for index in range(12)} == kinds


def test_photographs_darker_than_these_are_lit() -> None:
    options = dict(shares=dict(night=1e-9, well_lit=1.0), low_key=(0.9, 1.0))
    assert {take(index, **options)['darkness'] for index in range(12)} == {'night'}


def test_a_range_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r'low_key=.*give the least and the most'):
        SynthesizeLowLight(low_key=(0.5, 0.2))


def test_its_text_names_its_arguments() -> None:
    assert 'noise_share=0.5' in repr(SynthesizeLowLight(noise_share=0.5))
