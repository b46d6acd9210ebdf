from __future__ import annotations

import colorsys
from itertools import pairwise

import numpy as np
import pytest

from mmenlighten.inference import blend
from mmenlighten.inference import strength as module
from mmenlighten.utils import row_bands
from mmenlighten.utils.srgb import srgb_to_linear

from .networks import random_picture

STRENGTHS = (0, 0.01, 0.25, 0.5, 0.99, 1, 1.01, 1.25, 1.5)


def pair(dtype: type[np.generic] = np.uint8) -> tuple[np.ndarray, np.ndarray]:
    """A dark picture and a brighter one."""
    enhanced = random_picture(40, 60, dtype)
    return (enhanced * 0.3).astype(dtype), enhanced


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
def test_ends_are_exact(dtype: type[np.generic]) -> None:
    original, enhanced = pair(dtype)
    assert np.array_equal(blend(original, enhanced, 0), original)
    assert np.array_equal(blend(original, enhanced, 1), enhanced)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('strength', STRENGTHS)
def test_nothing_happens_where_nothing_was_enhanced(
    dtype: type[np.generic], strength: float
) -> None:
    picture = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)[:, None, None].repeat(3, 2)
    assert np.array_equal(blend(picture, picture, strength), picture)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize('brighter', [True, False])
def test_each_pixel_changes_steadily_with_strength(dtype: type[np.generic], brighter: bool) -> None:
    original, enhanced = pair(dtype) if brighter else pair(dtype)[::-1]
    series = [blend(original, enhanced, strength).astype(float) for strength in STRENGTHS]
    for less, more in pairwise(series):
        steps = more - less if brighter else less - more
        assert steps.min() >= -1e-6
        assert steps.mean() > 0


def test_half_strength_is_the_mean_of_light() -> None:
    original, enhanced = pair(np.float32)
    light = srgb_to_linear(blend(original, enhanced, 0.5))
    expected = (srgb_to_linear(original) + srgb_to_linear(enhanced)) / 2
    np.testing.assert_allclose(light, expected, atol=1e-5)


def test_dark_pixels_gain_the_same_number_of_stops_again() -> None:
    light = np.full((2, 2, 3), 0.08, np.float32)
    original, enhanced = light.copy(), light * 1.5
    result = srgb_to_linear(blend(original, enhanced, 1.5))
    gain = (srgb_to_linear(enhanced) + 1e-3) / (srgb_to_linear(original) + 1e-3)
    np.testing.assert_allclose(result, srgb_to_linear(enhanced) * gain**0.5, rtol=0.02)


def test_extremes_neither_wrap_nor_change_hue() -> None:
    original = np.zeros((1, 4, 3), np.uint8)
    enhanced = np.array([[[255, 255, 255], [255, 200, 20], [250, 128, 0], [0, 0, 0]]], np.uint8)
    result = blend(original, enhanced, 1.5)
    assert (result >= enhanced).all()
    assert result[0, 0].tolist() == [255] * 3
    assert result[0, 3].tolist() == [0] * 3
    for before, after in zip(enhanced[0, 1:3], result[0, 1:3]):
        hues = [colorsys.rgb_to_hsv(*srgb_to_linear(color / 255.0))[0] for color in (before, after)]
        assert hues[0] == pytest.approx(hues[1], abs=0.005)


def test_gain_is_limited_in_black() -> None:
    original, enhanced = np.zeros((1, 1, 3), np.float32), np.full((1, 1, 3), 0.1, np.float32)
    result = blend(original, enhanced, 1.5)
    light = srgb_to_linear(result) / srgb_to_linear(enhanced)
    assert light.max() <= module.MOST_GAIN**0.5


def test_works_in_bands_and_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    original, enhanced = pair()
    expected = blend(original, enhanced, 0.7)
    monkeypatch.setattr(row_bands, 'PIXELS_OF_BAND', 100)
    assert blend(original, enhanced, 0.7, out=enhanced) is enhanced
    assert np.array_equal(enhanced, expected)


@pytest.mark.parametrize('strength', [-0.1, 1.6, float('nan')])
def test_strength_out_of_range(strength: float) -> None:
    with pytest.raises(ValueError, match=r'between 0 and 1\.5'):
        blend(*pair(), strength)


def test_pictures_that_do_not_fit() -> None:
    original, enhanced = pair()
    with pytest.raises(ValueError, match='cannot be blended'):
        blend(original, enhanced[:5], 0.5)
    with pytest.raises(ValueError, match='cannot be blended'):
        blend(original, enhanced.astype(np.uint16), 0.5)
