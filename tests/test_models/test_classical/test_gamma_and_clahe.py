from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import mean_brightness
from tests.test_evaluation.pictures import clahe, gamma_correction, noise


@pytest.mark.parametrize(
    ('gamma', 'values', 'expected'),
    [
        (0.5, (0, 1, 2, 64, 254, 255), (0, 16, 23, 128, 254, 255)),
        (1.0, (0, 1, 2, 64, 254, 255), (0, 1, 2, 64, 254, 255)),
        (2.0, (0, 1, 16, 128, 254, 255), (0, 0, 1, 64, 253, 255)),
    ],
)
def test_gamma_of_known_values(
    gamma: float, values: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    image = np.array(values, np.uint8).reshape(2, 1, 3)
    result = gamma_correction(image, gamma)
    assert result.dtype == np.uint8
    assert result.ravel().tolist() == list(expected)


def test_gamma_is_rounded_not_cut() -> None:
    image = noise(0)
    expected = np.floor(255 * np.sqrt(image / 255.0) + 0.5)
    assert np.array_equal(gamma_correction(image), expected)


def test_clahe_spreads_the_contrast_of_a_dark_picture() -> None:
    dark = noise(0, 64, 64) // 10
    result = clahe(dark)
    assert result.dtype == np.uint8
    assert result.shape == dark.shape
    assert mean_brightness(result) > mean_brightness(dark)
    assert result.std() > dark.std()


def test_clahe_takes_rgb_and_gives_rgb() -> None:
    red, green, blue = clahe(noise(0, 64, 64) // 4).mean(axis=(0, 1))
    assert red < green < blue


def test_clahe_keeps_gray_gray() -> None:
    gray = np.repeat(noise(0, 64, 64)[..., :1], 3, axis=2)
    result = clahe(gray).astype(int)
    assert np.ptp(result, axis=2).max() <= 2  # the conversions to Lab and back round


def test_clahe_with_a_higher_limit_has_more_contrast() -> None:
    dark = noise(0, 64, 64) // 10
    assert clahe(dark, clip_limit=8).std() > clahe(dark, clip_limit=1).std()


def test_input_is_left_alone() -> None:
    image = noise(0)
    for method in (gamma_correction, clahe):
        method(image)
        assert np.array_equal(image, noise(0))
