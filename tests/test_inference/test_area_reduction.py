"""Means of areas, in strips."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmenlighten.inference.area_reduction import reduce_area
from mmenlighten.utils import row_bands

from .networks import random_picture


@pytest.mark.parametrize('size', [(30, 41), (7, 100), (60, 1), (1, 1), (59, 99)])
@pytest.mark.parametrize('band', [1, 700, 2**18])
def test_it_is_the_mean_of_what_each_pixel_covers(
    size: tuple[int, int], band: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_bands, 'PIXELS_OF_BAND', band)
    picture = random_picture(60, 100)
    expected = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(reduce_area(picture, *size, np.float64), expected, atol=2e-7)


@pytest.mark.parametrize(('dtype', 'white'), [(np.uint8, 255), (np.uint16, 65535), (float, 1)])
def test_white_is_one_and_means_are_not_rounded(dtype: type, white: int) -> None:
    picture = np.full((40, 50, 3), white, dtype)
    np.testing.assert_allclose(reduce_area(picture, 17, 23, np.float32), 1, rtol=1e-6)
    picture[::2] = 0
    np.testing.assert_allclose(reduce_area(picture, 20, 50, np.float32), 0.5, rtol=1e-6)
