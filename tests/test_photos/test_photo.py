from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.photos import Photo

from .made_files import values


@pytest.mark.parametrize(('dtype', 'depth'), [(np.uint8, 8), (np.uint16, 16)])
def test_floats_and_back_give_every_value(dtype: type, depth: int) -> None:
    top = np.iinfo(dtype).max
    every = np.arange(top + 1, dtype=dtype).reshape(-1, 16)
    pixels = np.repeat(every[..., None], 3, axis=2)
    for is_gray in (False, True):
        photo = Photo(pixels, bit_depth=depth, is_gray=is_gray)
        floats = photo.to_float()
        assert floats.dtype == np.float32
        assert floats.min() == 0
        assert floats.max() == 1
        assert np.array_equal(photo.with_pixels(floats).pixels, pixels)
        assert np.array_equal(photo.with_pixels(pixels).pixels, pixels)


def test_values_are_clipped_and_not_a_number_becomes_black() -> None:
    photo = Photo(np.zeros((1, 2, 3), np.uint8))
    result = photo.with_pixels(np.array([[[-1, 0.5, 2], [np.nan, np.inf, -np.inf]]]))
    assert result.pixels.tolist() == [[[0, 128, 255], [0, 255, 0]]]


def test_gray_stays_gray_by_luma() -> None:
    photo = Photo(np.zeros((1, 3, 3), np.uint8), is_gray=True)
    result = photo.with_pixels(np.eye(3, dtype=np.float32)[None])
    assert result.pixels[0].tolist() == [[76] * 3, [150] * 3, [29] * 3]


def test_everything_but_the_pixels_stays() -> None:
    photo = Photo(values(3), alpha=values(1), icc_profile=b'p', exif=b'e', text=(('a', 'b'),))
    result = photo.with_pixels(np.ones(photo.pixels.shape))
    assert result.alpha is photo.alpha
    assert (result.icc_profile, result.exif, result.text) == (b'p', b'e', (('a', 'b'),))


def test_wrong_arrays_are_refused() -> None:
    photo = Photo(values(3))
    with pytest.raises(ValueError, match='Expected'):
        photo.with_pixels(np.zeros((2, 2, 3)))
    with pytest.raises(ValueError, match='Expected uint8 or floats'):
        photo.with_pixels(values(3).astype(np.uint16))
    with pytest.raises(ValueError, match='bit depth'):
        Photo(values(3), bit_depth=12)
    with pytest.raises(ValueError, match=r'\(H, W, 3\)'):
        Photo(values(3), bit_depth=16)
    with pytest.raises(ValueError, match='alpha'):
        Photo(values(3), alpha=values(1)[1:])


def test_notes_stay_through_a_change_of_pixels() -> None:
    photo = Photo(values(3), notes=('a',))
    assert photo.with_pixels(photo.to_float()).notes == ('a',)
