from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from mmenlighten.photos import encode_photo, read_photo, write_photo
from mmenlighten.photos.image_io import read_image
from mmenlighten.photos.upright import turned

from .made_files import MAKER_NOTE, XMP, chunk, exif, pillow, png, smooth, tiff, values

ORIENTATIONS = range(1, 9)


def stored(orientation: int, height: int = 16, width: int = 32) -> bytes:
    return exif(orientation, size=(height, width))


def with_orientation(kind: str, orientation: int) -> bytes:
    """A file of 16x32 stored pixels that is to be turned."""
    blob, rgb = stored(orientation), smooth(16, 32)
    if kind == 'jpeg':
        return pillow(rgb, 'JPEG', quality=95, subsampling=0, exif=b'Exif\0\0' + blob)
    if kind == 'webp':
        return pillow(rgb, 'WEBP', lossless=True, exif=blob)
    if kind == 'png':
        return png(rgb, 2, 8, chunk(b'eXIf', blob))
    tag = (274, 3, 1, orientation, True)
    if kind == 'tiff':
        return tiff(rgb, photometric='rgb', extratags=[tag])
    return tiff(rgb.astype(np.uint16) * 257, photometric='rgb', extratags=[tag])


def expected(orientation: int) -> np.ndarray:
    """What Pillow, another reader, makes of it."""
    data = pillow(smooth(16, 32), 'PNG', exif=stored(orientation))
    return np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize('orientation', ORIENTATIONS)
@pytest.mark.parametrize('kind', ['jpeg', 'png', 'webp', 'tiff', 'tiff16'])
def test_every_orientation_is_applied_exactly_once(
    tmp_path: Path, kind: str, orientation: int
) -> None:
    photo = read_photo(with_orientation(kind, orientation))
    for _ in range(2):  # reading what was written must not turn it again
        pixels = photo.pixels if photo.bit_depth == 8 else photo.pixels // 257
        tolerance = 6 if kind == 'jpeg' else 0
        assert np.abs(pixels.astype(int) - expected(orientation)).max() <= tolerance
        write_photo(photo, tmp_path / f'a.{kind.removesuffix("16")}')
        photo = read_photo(tmp_path / f'a.{kind.removesuffix("16")}')
    if kind != 'webp':  # OpenCV before 5 does not look at the EXIF data of WebP
        other = read_image(tmp_path / f'a.{kind.removesuffix("16")}')
        assert np.abs(other.astype(int) - expected(orientation)).max() <= 8


@pytest.mark.parametrize('orientation', ORIENTATIONS)
def test_alpha_is_turned_with_the_colours(orientation: int) -> None:
    rgba = values(4)
    photo = read_photo(png(rgba, 6, 8, chunk(b'eXIf', exif(orientation))))
    assert np.array_equal(photo.pixels, turned(rgba[..., :3], orientation))
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, turned(rgba[..., 3], orientation))


@pytest.mark.parametrize('order', ['<', '>'])
@pytest.mark.parametrize('orientation', [3, 6])
@pytest.mark.parametrize('format', ['jpeg', 'png', 'webp', 'tiff'])
def test_camera_data_stays_and_matches_the_turned_picture(
    format: str, orientation: int, order: str
) -> None:
    blob = exif(orientation, order, size=(16, 32))
    data = pillow(smooth(16, 32), 'JPEG', exif=b'Exif\0\0' + blob, xmp=XMP % orientation)
    written = encode_photo(read_photo(data), format)
    with Image.open(io.BytesIO(written)) as image:
        found = image.getexif()
    height, width = (32, 16) if orientation == 6 else (16, 32)
    assert found[271] == 'Camera'
    assert found[274] == 1
    camera, gps = found.get_ifd(34665), found.get_ifd(34853)
    assert camera[33434] == pytest.approx(1 / 8)
    assert camera[37500] == MAKER_NOTE
    assert (camera[40962], camera[40963]) == (width, height)
    assert gps[1] == 'N'
    assert tuple(gps[2]) == (52, 31, 12)
    assert read_photo(written).xmp == XMP % 1


def test_exif_keeps_every_byte_but_those_that_must_change() -> None:
    before = exif(6, size=(16, 32))
    photo = read_photo(pillow(smooth(16, 32), 'JPEG', exif=b'Exif\0\0' + before))
    assert photo.exif is not None
    assert len(photo.exif) == len(before)
    changed = [at for at in range(len(before)) if photo.exif[at] != before[at]]
    assert len(changed) <= 1 + 2 + 2  # the orientation, the link to the thumbnail, two sizes


def test_an_orientation_that_does_not_exist_turns_nothing() -> None:
    for orientation in (0, 9, 65535):
        photo = read_photo(png(values(3), 2, 8, chunk(b'eXIf', exif(orientation))))
        assert np.array_equal(photo.pixels, values(3))


def test_broken_exif_does_not_cost_the_photograph() -> None:
    loop = b'II*\0' + struct.pack('<IHHHIII', 8, 1, 34665, 4, 1, 8, 8)  # a directory in itself
    for blob in (b'rubbish', b'II*\0\xff\xff\xff\xff', exif()[:30], loop):
        photo = read_photo(png(values(3), 2, 8, chunk(b'eXIf', blob)))
        assert np.array_equal(photo.pixels, values(3))
        read_photo(encode_photo(photo, 'tiff'))
