"""Frames are brought to a mean brightness by one factor of light, without clipping."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from mmenlighten.inference.strength import light_scale
from mmenlighten.utils.srgb import LUMA_WEIGHTS, linear_to_srgb, srgb_to_linear
from mmenlighten.video.brightness import measure, with_brightness

PICTURE = (data.chelsea()[::3, ::3] / 255).astype(np.float32)


def test_brightness_is_the_mean_luma() -> None:
    expected = (PICTURE.astype(float) @ np.array(LUMA_WEIGHTS)).mean()
    assert measure(PICTURE)[0] == pytest.approx(expected, rel=1e-6)
    assert measure(PICTURE + 5)[0] == pytest.approx(1)


@pytest.mark.parametrize('change', [0.97, 0.9985, 1.0, 1.0004, 1.02, 1.12])
def test_the_brightness_is_met(change: float) -> None:
    brightness = change * measure(PICTURE)[0]
    result = with_brightness(PICTURE, brightness)
    assert result.dtype == np.float32
    assert measure(result)[0] == pytest.approx(brightness, rel=2e-5)


def test_it_is_one_factor_in_linear_light_along_the_curve_of_strength() -> None:
    result = with_brightness(PICTURE, 1.08 * measure(PICTURE)[0])
    light, before = (srgb_to_linear(p.astype(np.float64)) for p in (result, PICTURE))
    dark = before.max(-1) < 0.01
    factors = (light[dark].sum(-1) / before[dark].sum(-1))[before[dark].sum(-1) > 1e-3]
    factor = np.median(factors)
    expected = before * light_scale(before.max(-1), factor)[..., None]
    np.testing.assert_allclose(result, linear_to_srgb(expected), atol=2e-3)
    assert result.max() <= 1


def test_the_derivative_is_right() -> None:
    brightness, slope = measure(PICTURE)
    light = srgb_to_linear(PICTURE.astype(np.float64))
    step = 1e-4
    shifted = linear_to_srgb(light * light_scale(light.max(-1), np.exp(step))[..., None])
    assert slope == pytest.approx((measure(shifted)[0] - brightness) / step, rel=0.01)


def test_black_and_white_stay() -> None:
    for value in (0.0, 1.0):
        frame = np.full((4, 5, 3), value, np.float32)
        np.testing.assert_array_equal(with_brightness(frame, 0.5), frame)
