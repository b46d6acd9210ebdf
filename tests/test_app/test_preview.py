from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from mmenlighten.app.preview import PREVIEW_SIDE, on_screen, write_jpeg
from mmenlighten.photos import Photo
from mmenlighten.photos.shrinking import shrink


def profile(name: str = 'sRGB') -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()  # type: ignore[arg-type]


def test_large_pictures_shrink_by_averaging_and_small_ones_stay() -> None:
    stripes = np.zeros((10, 4 * PREVIEW_SIDE, 3), np.uint16)
    stripes[:, ::2] = 65535
    small = shrink(stripes, PREVIEW_SIDE)
    assert (small.shape, small.dtype) == ((2, PREVIEW_SIDE, 3), np.uint8)
    assert np.abs(small.astype(int) - 127.5).max() <= 1
    assert shrink(stripes[:, :5], PREVIEW_SIDE).shape == (10, 5, 3)
    assert shrink(np.zeros((1, 9000), np.uint8), 100).shape == (1, 100)


def test_profiles_are_converted_for_the_screen() -> None:
    pixels = np.full((4, 4, 3), (200, 40, 40), np.uint8)
    same = on_screen(pixels, Photo(pixels, icc_profile=profile()), None)
    assert np.abs(same.astype(int) - pixels).max() <= 1
    # In a profile whose first primary is green, the values mean something else.
    swapped = swap_red_and_green(profile())
    shown = on_screen(pixels, Photo(pixels, icc_profile=swapped), None)
    assert shown[0, 0, 1] > 150 > shown[0, 0, 0]


def swap_red_and_green(data: bytes) -> bytes:
    red, green = data.index(b'rXYZ'), data.index(b'gXYZ')
    changed = bytearray(data)
    changed[red : red + 1], changed[green : green + 1] = b'g', b'r'
    return bytes(changed)


@pytest.mark.parametrize('broken', [b'', b'no profile', profile('LAB')])
def test_profiles_that_do_not_fit_are_ignored(broken: bytes) -> None:
    pixels = np.full((4, 4, 3), 90, np.uint8)
    assert np.array_equal(on_screen(pixels, Photo(pixels, icc_profile=broken), None), pixels)


def test_what_is_transparent_shows_white() -> None:
    pixels = np.zeros((1, 3, 3), np.uint8)
    shown = on_screen(pixels, Photo(pixels), np.array([[0, 51, 255]], np.uint8))
    assert shown[0, :, 0].tolist() == [255, 204, 0]


def test_jpeg_is_written(tmp_path: Path) -> None:
    write_jpeg(np.full((20, 30, 3), 77, np.uint8), tmp_path / 'a.jpg')
    with Image.open(tmp_path / 'a.jpg') as image:
        assert (image.format, image.size) == ('JPEG', (30, 20))
