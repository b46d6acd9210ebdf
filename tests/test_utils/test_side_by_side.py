from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.utils.side_by_side import comparison_row

CAPTION, GAP = 22, 4


def flat(height: int, width: int, *colour: int) -> np.ndarray:
    return np.full((height, width, len(colour)), colour, np.uint8)


def test_pictures_stand_in_order_below_their_names() -> None:
    red, blue = flat(20, 30, 200, 0, 0), flat(20, 40, 0, 0, 100)
    row = comparison_row({'red': red, 'blue': blue})
    assert row.dtype == np.uint8
    assert row.shape == (CAPTION + 20, 30 + GAP + 40, 3)
    assert np.array_equal(row[CAPTION:, :30], red)
    assert np.array_equal(row[CAPTION:, 30 + GAP :], blue)
    assert (row[:, 30 : 30 + GAP] == 255).all()
    for left, right in ((0, 30), (30 + GAP, 70 + GAP)):
        caption = row[:CAPTION, left:right]
        assert caption.min() < 100  # the name, dark
        assert np.median(caption) == 255  # on white


def test_names_make_the_difference_between_captions() -> None:
    image = flat(10, 60, 1, 2, 3)
    one, same, other = (comparison_row({name: image}) for name in ('input', 'input', 'ours'))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.array_equal(one[CAPTION:], other[CAPTION:])


def test_gray_picture_becomes_rgb() -> None:
    gray = np.arange(12, dtype=np.uint8).reshape(3, 4)
    row = comparison_row({'map': gray})
    assert row.shape == (CAPTION + 3, 4, 3)
    for channel in range(3):
        assert np.array_equal(row[CAPTION:, :, channel], gray)


@pytest.mark.parametrize('second', [(40, 60), (10, 15)])
def test_all_are_brought_to_the_height_of_the_first(second: tuple[int, int]) -> None:
    row = comparison_row({'a': flat(20, 30, 1, 2, 3), 'b': flat(*second, 50, 60, 70)})
    assert row.shape == (CAPTION + 20, 30 + GAP + 30, 3)
    assert np.array_equal(row[CAPTION:, 30 + GAP :], flat(20, 30, 50, 60, 70))


def test_height_may_be_given() -> None:
    row = comparison_row({'a': flat(20, 30, 1, 2, 3), 'b': np.full((30, 30), 9, np.uint8)}, 10)
    assert row.shape == (CAPTION + 10, 15 + GAP + 10, 3)
    assert np.array_equal(row[CAPTION:, :15], flat(10, 15, 1, 2, 3))


def test_reduced_pictures_are_averaged_not_picked() -> None:
    stripes = np.zeros((4, 4, 3), np.uint8)
    stripes[::2] = 200
    row = comparison_row({'stripes': stripes}, 2)
    assert (row[CAPTION:] == 100).all()


def test_narrow_picture_keeps_a_pixel_of_width() -> None:
    assert comparison_row({'line': flat(100, 1, 0, 0, 0)}, 10).shape == (CAPTION + 10, 1, 3)


def test_pictures_are_left_alone() -> None:
    image = flat(20, 30, 1, 2, 3)
    comparison_row({'a': image, 'b': image}, 10)
    assert np.array_equal(image, flat(20, 30, 1, 2, 3))
