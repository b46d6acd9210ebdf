from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference import darkness, is_dark

from .networks import random_picture


def test_order_of_darkness() -> None:
    picture = random_picture(50, 70, np.uint8)
    series = [darkness((picture * factor).astype(np.uint8)) for factor in (1, 0.5, 0.2, 0.1, 0)]
    assert series == sorted(series)
    assert series[0] < 0.1
    assert series[-1] == 1
    assert darkness(np.full((5, 5, 3), 255, np.uint8)) == 0


@pytest.mark.parametrize('dtype', [np.uint16, np.float32, np.float64])
def test_is_the_same_at_any_depth(dtype: type[np.generic]) -> None:
    picture = random_picture(50, 70, np.uint8)
    white = 65535 if dtype is np.uint16 else 1
    other = (picture.astype(np.float64) * (white / 255)).astype(dtype)
    assert darkness(other) == pytest.approx(darkness(picture), abs=0.01)


def test_a_dark_subject_before_a_bright_sky_is_dark() -> None:
    picture = np.full((100, 100, 3), 230, np.uint8)
    assert not is_dark(picture)
    picture[60:] = 12
    assert picture.mean() > 120
    assert darkness(picture) == pytest.approx(0.4)
    assert is_dark(picture)
    assert not is_dark(picture, share=0.5)


def test_green_counts_most() -> None:
    for channel, dark in ((0, False), (1, False), (2, True)):
        picture = np.zeros((4, 4, 3), np.uint8)
        picture[..., channel] = 150
        assert is_dark(picture) == dark


def test_large_pictures_are_sampled() -> None:
    picture = np.zeros((3001, 1201, 3), np.uint8)
    picture[:1500] = 255
    assert darkness(picture) == pytest.approx(0.5, abs=0.01)
