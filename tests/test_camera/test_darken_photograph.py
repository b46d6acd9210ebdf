from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.camera import darken_photograph
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.srgb import srgb_to_linear


def gray(value: int, side: int = 100) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def darken(image: np.ndarray, exposure: float, seed: int = 0, **options: float) -> np.ndarray:
    return darken_photograph(image, exposure, np.random.default_rng(seed), **options)


def test_full_exposure_without_noise_gives_the_picture_back() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    result = darken(image, 1.0, full_well=1e12, read_noise=0.0)
    assert result.dtype == np.uint8
    assert np.array_equal(result, image)


@pytest.mark.parametrize('exposure', [1 / 4, 1 / 8, 1 / 16])
def test_linear_light_is_scaled_by_the_exposure(exposure: float) -> None:
    result = darken(gray(200), exposure, full_well=1e9, read_noise=0.0) / 255
    expected = srgb_to_linear(np.array(200 / 255)) * exposure
    assert srgb_to_linear(result).mean() == pytest.approx(expected, rel=0.02)


def test_shot_noise_has_the_variance_of_its_signal_and_read_noise_adds_to_it() -> None:
    full_well, exposure, read_noise = 1000.0, 0.5, 20.0
    electrons = float(srgb_to_linear(np.array(180 / 255)) * exposure * full_well)
    for noise, variance in [(0.0, electrons), (read_noise, electrons + read_noise**2)]:
        result = darken(gray(180), exposure, full_well=full_well, read_noise=noise)
        measured = (srgb_to_linear(result / 255) * full_well).var()
        assert measured == pytest.approx(variance, rel=0.05)


def test_noise_of_the_channels_is_independent() -> None:
    red, green, _ = darken(gray(128), 1 / 8).reshape(-1, 3).astype(float).T
    assert abs(np.corrcoef(red, green)[0, 1]) < 0.04


def test_equal_seeds_give_equal_pictures_and_other_seeds_others() -> None:
    assert np.array_equal(darken(gray(128), 0.25), darken(gray(128), 0.25))
    assert not np.array_equal(darken(gray(128), 0.25), darken(gray(128), 0.25, seed=1))


@pytest.mark.parametrize('exposure', [0.0, -1.0])
def test_exposure_that_leaves_no_light_is_refused(exposure: float) -> None:
    with pytest.raises(ConfigError, match='must be positive'):
        darken(gray(128), exposure)
