"""The small picture with a photograph before and after."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from mmenlighten.enhancing.comparisons import LONGEST_SIDE, before_after, before_after_path
from mmenlighten.photos import Photo


def flat(height: int, width: int, level: int, dtype: type = np.uint8) -> Photo:
    depth = np.iinfo(dtype).bits
    return Photo(np.full((height, width, 3), level, dtype), bit_depth=depth)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(('dtype', 'scale'), [(np.uint8, 1), (np.uint16, 257)])
def test_left_is_before_and_right_is_after(dtype: type, scale: int) -> None:
    picture = opened(
        before_after(flat(40, 60, 20 * scale, dtype), flat(40, 60, 180 * scale, dtype))
    )
    assert picture.format == 'JPEG'
    pixels = np.asarray(picture).astype(int)
    assert abs(pixels[-20, 20] - 20).max() <= 2
    assert abs(pixels[-20, -20] - 180).max() <= 2


@pytest.mark.parametrize(('height', 'width'), [(900, 2600), (2600, 900), (1, 3000)])
def test_large_photographs_are_reduced(height: int, width: int) -> None:
    picture = opened(before_after(flat(height, width, 9), flat(height, width, 99)))
    half = (picture.width - 4) // 2
    assert max(half, picture.height) <= LONGEST_SIDE + 30  # with the names above


def test_the_colour_profile_is_kept_and_the_place_of_the_camera_is_not() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    exif = Image.Exif()
    exif[0x010F] = 'Maker'
    photo = Photo(
        np.zeros((20, 20, 3), np.uint8), format='jpeg', icc_profile=profile, exif=exif.tobytes()[6:]
    )
    picture = opened(before_after(photo, photo))
    assert picture.info['icc_profile'] == profile
    assert not picture.getexif()


def test_results_of_one_stem_have_pictures_of_their_own() -> None:
    assert before_after_path(Path('out/a.png')) == Path('out/a.png.compare.jpg')
