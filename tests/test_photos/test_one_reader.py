"""Metrics and data sets see the same pixels as enhancing does, whatever the kind of file."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mmenlighten.photos import read_photo
from mmenlighten.photos.fast_decoding import decode_fast
from mmenlighten.photos.image_io import read_image
from mmenlighten.photos.stored_channels import to_8_bits
from mmenlighten.utils.errors import ImageReadError
from tests.test_photos.made_files import (
    HEIGHT,
    WIDTH,
    all_kinds,
    chunk,
    exif,
    pillow,
    png,
    smooth,
    tiff,
    values,
)

KINDS = all_kinds()


def bmp(array: np.ndarray, bits: int, height: int, masks: tuple[int, ...] = ()) -> bytes:
    start = 54 + 4 * len(masks)
    head = struct.pack('<2sIHHI', b'BM', 0, 0, 0, start)
    head += struct.pack('<IiiHHI', 40, WIDTH, height, 1, bits, 3 if masks else 0) + bytes(20)
    return head + struct.pack(f'<{len(masks)}I', *masks) + array.tobytes()


def more_kinds() -> dict[str, bytes]:
    made = {}
    full = np.random.default_rng(0).integers(0, 256, (67, 93, 3), dtype=np.uint8)
    for orientation in range(2, 9):
        tag = {'exif': b'Exif\0\0' + exif(orientation, '<>'[orientation % 2])}
        made[f'JPEG orientation {orientation}'] = pillow(smooth(), 'JPEG', **tag)
        made[f'PNG orientation {orientation}'] = png(
            values(3), 2, 8, chunk(b'eXIf', exif(orientation))
        )
        made[f'WebP orientation {orientation}'] = pillow(smooth(), 'WEBP', lossless=True, **tag)
        made[f'TIFF orientation {orientation}'] = tiff(
            values(3), extratags=[(274, 3, 1, orientation, True)]
        )
    for sampling in ('4:4:4', '4:2:2', '4:2:0'):
        for quality in (30, 95, 100):
            for progressive in (False, True):
                made[f'JPEG noise {sampling} {quality} progressive={progressive}'] = pillow(
                    full, 'JPEG', quality=quality, subsampling=sampling, progressive=progressive
                )
    made['JPEG noise with restarts'] = pillow(full, 'JPEG', restart_marker_blocks=2)
    made['JPEG noise gray'] = pillow(full[..., 0], 'JPEG')
    for name, content in {
        'gAMA': struct.pack('>I', 22000),
        'sBIT': b'\5\5\5',
        'bKGD': b'\0\5\0\5\0\5',
        'tIME': bytes(7),
    }.items():
        made[f'PNG with {name}'] = png(values(3), 2, 8, chunk(name.encode(), content))
    for largest in (1, 3, 100, 254, 256, 1023, 4095):
        kind = np.dtype('u1' if largest < 256 else '>u2')
        for number, channels in ((5, 1), (6, 3)):
            head = f'P{number}\n{WIDTH} {HEIGHT}\n{largest}\n'.encode()
            body = values(channels, np.uint16, largest).astype(kind)
            made[f'PPM of {channels} channels up to {largest}'] = head + body.tobytes()
    five_six_five = (0xF800, 0x7E0, 0x1F)
    made['BMP 16 bits 5-6-5'] = bmp(values(1, np.uint16), 16, HEIGHT, five_six_five)
    made['BMP 16 bits 5-5-5'] = bmp(values(1, np.uint16), 16, HEIGHT)
    made['BMP 32 bits'] = bmp(values(4), 32, HEIGHT)
    made['BMP 32 bits from top to bottom'] = bmp(values(4), 32, -HEIGHT)
    made['BMP palette'] = pillow(values(1), 'BMP', 'P')
    multiplied = {'photometric': 'rgb', 'extrasamples': ['assocalpha']}
    made['TIFF alpha multiplied in'] = tiff(values(4), **multiplied)
    made['TIFF CMYK'] = tiff(values(4), photometric='separated')
    colors = np.random.default_rng(0).integers(0, 65536, (3, 256)).astype('u2')
    made['TIFF palette of colours'] = tiff(values(1), photometric='palette', colormap=colors)
    return made


CONTENTS = {name: made.data for name, made in KINDS.items()} | more_kinds()
FAST = {
    name
    for name in CONTENTS
    if name.startswith(('JPEG', 'PNG')) and 'CMYK' not in name and '16 bits' not in name
}


@pytest.mark.parametrize('name', CONTENTS)
def test_every_kind_has_the_pixels_that_enhancing_sees(tmp_path: Path, name: str) -> None:
    path = tmp_path / 'picture'
    path.write_bytes(CONTENTS[name])
    image = read_image(path)
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
    assert np.array_equal(image, to_8_bits(read_photo(path).pixels))
    made = KINDS.get(name)
    if made is not None and made.light is not None:
        light = made.light if made.light.ndim == 3 else np.stack([made.light] * 3, axis=2)
        assert np.array_equal(image, np.rint(light / (257 if made.bit_depth == 16 else 1)))


def test_the_fast_way_is_taken_for_ordinary_files_only() -> None:
    assert {name for name, data in CONTENTS.items() if decode_fast(data) is not None} == FAST


def test_orientation_that_opencv_would_read_otherwise_is_read_in_one_way() -> None:
    one, six = b'Exif\0\0' + exif(1), b'Exif\0\0' + exif(6)
    segments = b''.join(b'\xff\xe1' + struct.pack('>H', len(e) + 2) + e for e in (one, six))
    data = pillow(smooth(), 'JPEG')
    twice = data[:2] + segments + data[2:]
    assert decode_fast(twice) is None
    assert decode_fast(png(values(3), 2, 8, chunk(b'eXIf', six))) is None
    nonsense = (
        data[:2] + b'\xff\xe1' + struct.pack('>H', 20) + b'Exif\0\0II*\0' + bytes(8) + data[2:]
    )
    assert np.array_equal(decode_fast(nonsense), read_photo(nonsense).pixels)


@pytest.mark.parametrize(
    ('array', 'options'),
    [
        (values(1).astype(np.int16), {}),
        (values(3).astype(np.int8), {'photometric': 'rgb'}),
        (values(1).astype(np.int32), {}),
        (values(1).astype(np.uint32), {}),
        (values(3).astype(np.float32), {'photometric': 'rgb'}),
        (values(1).astype(np.float64), {}),
        (values(3), {'photometric': 'cielab'}),
        (np.stack([values(3)] * 2), {'photometric': 'rgb'}),
        (values(3), {'bigtiff': True}),
    ],
)
def test_kind_that_nobody_reads_is_refused_in_a_sentence_that_names_the_file(
    tmp_path: Path, array: np.ndarray, options: dict[str, Any]
) -> None:
    (tmp_path / 'odd.tif').write_bytes(tiff(array, **options))
    with pytest.raises(ImageReadError, match=r'odd\.tif cannot be read: .*\.$') as caught:
        read_image(tmp_path / 'odd.tif')
    assert '\n' not in str(caught.value)


@pytest.mark.parametrize('ending', ['.hdr', '.pfm', '.pic'])
def test_kind_that_only_opencv_reads_is_refused(tmp_path: Path, ending: str) -> None:
    content = cv2.imencode(ending, smooth().astype(np.float32))[1].tobytes()
    (tmp_path / 'odd.png').write_bytes(content)
    with pytest.raises(ImageReadError, match=r'odd\.png cannot be read: '):
        read_image(tmp_path / 'odd.png')


@pytest.mark.parametrize('name', ['JPEG RGB 4:2:0 quality 75', 'JPEG progressive', 'PNG palette'])
def test_damaged_file_has_the_same_pixels_both_ways_if_both_read_it(name: str) -> None:
    """Whatever the fast way leaves alone has one reader only."""
    choice, compared = random.Random(0), 0
    for _ in range(60):
        damaged = bytearray(CONTENTS[name])
        damaged[choice.randrange(3, len(damaged))] = choice.randrange(256)
        fast = decode_fast(bytes(damaged))
        try:
            photo = read_photo(bytes(damaged))
        except ImageReadError:
            continue
        if fast is not None:
            compared += 1
            assert np.array_equal(fast, photo.pixels)
    assert compared or name.startswith('PNG')  # whose check sums find all damage


@pytest.mark.parametrize('share', [0.4, 0.7, 0.95])
@pytest.mark.parametrize(
    'options', [{}, {'quality': 97, 'subsampling': '4:4:4'}, {'restart_marker_blocks': 3}]
)
def test_jpeg_whose_code_ends_early_is_refused_though_it_has_an_end_marker(
    tmp_path: Path, options: dict[str, Any], share: float
) -> None:
    full = np.random.default_rng(0).integers(0, 256, (160, 200, 3), dtype=np.uint8)
    whole = pillow(full, 'JPEG', **options)
    (tmp_path / 'whole.jpg').write_bytes(whole)
    assert read_image(tmp_path / 'whole.jpg').shape == full.shape
    (tmp_path / 'cut.jpg').write_bytes(whole[: int(len(whole) * share)] + b'\xff\xd9')
    with pytest.raises(ImageReadError, match=r'cut\.jpg cannot be read: '):
        read_image(tmp_path / 'cut.jpg')


@pytest.mark.parametrize('share', [0.2, 0.4, 0.6])
def test_progressive_jpeg_without_its_last_scans_is_refused(tmp_path: Path, share: float) -> None:
    whole = pillow(smooth(200, 300), 'JPEG', progressive=True, quality=97)
    assert decode_fast(whole) is not None
    (tmp_path / 'cut.jpg').write_bytes(whole[: int(len(whole) * share)] + b'\xff\xd9')
    with pytest.raises(ImageReadError, match=r'cut\.jpg cannot be read: '):
        read_image(tmp_path / 'cut.jpg')


def test_picture_that_is_gray_at_its_end_is_read_as_any_other(tmp_path: Path) -> None:
    gray = smooth(64, 64)
    gray[32:] = 128
    for options in ({}, {'restart_marker_blocks': 2}, {'progressive': True}):
        (tmp_path / 'a.jpg').write_bytes(pillow(gray, 'JPEG', quality=95, **options))
        image = read_image(tmp_path / 'a.jpg')
        assert np.array_equal(image, read_photo(tmp_path / 'a.jpg').pixels)
        assert abs(image[40:].astype(int) - 128).max() <= 1
