"""Curves of the least squares."""

from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference.tone_curve import ToneCurve

from .networks import random_picture


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float64])
def test_a_line_of_each_channel_is_met(dtype: type[np.generic]) -> None:
    before = random_picture(30, 40) / 3  # no tones above: there the line goes on
    slope, offset = np.array([1.5, 0.5, 2]), np.array([0.1, 0, -0.2])
    curve = ToneCurve.fit(before, before * slope + offset)
    pixels = random_picture(20, 20, dtype)
    white = 1 if dtype is np.float64 else np.iinfo(dtype).max
    expected = pixels / white * slope + offset
    np.testing.assert_allclose(curve(pixels, np.float64), expected, atol=1e-5)
    if dtype is np.float64:
        np.testing.assert_allclose(
            curve(pixels * 3 - 1, np.float64)[0, 0],
            ((pixels * 3 - 1) * slope + offset)[0, 0],
            atol=1e-4,
        )


def test_a_gamma_is_met_closely() -> None:
    before = random_picture(100, 100)
    curve = ToneCurve.fit(before, before**0.5)
    tones = np.linspace(0.05, 1, 300)[:, None, None].repeat(3, 2)
    np.testing.assert_allclose(curve(tones, np.float64), tones**0.5, atol=0.005)


def test_a_picture_of_one_tone_keeps_differences() -> None:
    before = np.full((9, 9, 3), 0.25)
    curve = ToneCurve.fit(before, before * 2)
    tones = np.array([0.25, 0.26])[:, None, None].repeat(3, 2)
    np.testing.assert_allclose(curve(tones, np.float64)[:, 0, 0], [0.5, 0.51], atol=1e-3)
