from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from mmenlighten.photos import read_photo
from mmenlighten.utils.errors import ImageReadError

from .costly_files import GRAY, gray_tiff
from .made_files import tiff
from .short_files import (
    HEIGHT,
    PARTS,
    ROUGH,
    WIDTH,
    pillow,
    run_length_bmp,
    short_kinds,
    short_tiff,
)

SHORT = {name: (data, shorten) for name, data, shorten in short_kinds()}


@pytest.mark.parametrize('name', SHORT)
def test_pixels_that_are_missing_are_never_made_up(name: str) -> None:
    data, shorten = SHORT[name]
    assert read_photo(data).pixels.shape == (HEIGHT, WIDTH, 3)
    for part in PARTS:
        with pytest.raises(ImageReadError) as caught:
            read_photo(shorten(data, part))
        assert str(caught.value).startswith('The picture cannot be read: ')


@pytest.mark.parametrize('mode', ['L', 'RGB', 'CMYK'])
@pytest.mark.parametrize('options', [{}, {'progressive': True}, {'restart_marker_blocks': 1}])
def test_gray_like_that_of_missing_pixels_is_read(mode: str, options: dict) -> None:
    buffer = io.BytesIO()
    Image.new('RGB', (WIDTH, HEIGHT), (128, 128, 128)).convert(mode).save(buffer, 'JPEG', **options)
    expected = np.asarray(Image.open(io.BytesIO(buffer.getvalue())).convert('RGB'))
    assert np.array_equal(read_photo(buffer.getvalue()).pixels, expected)


def test_runs_of_a_bmp_are_read_as_by_pillow() -> None:
    expected = np.asarray(Image.open(io.BytesIO(run_length_bmp())).convert('RGB'))
    assert np.array_equal(read_photo(run_length_bmp()).pixels, expected)


@pytest.mark.parametrize('compression', [1, 32773])
def test_a_predictor_without_a_compression_that_has_one_is_ignored(compression: int) -> None:
    code = GRAY.tobytes()
    if compression == 32773:
        code = b''.join(bytes([63]) + row.tobytes() for row in GRAY)
    data = gray_tiff([(317, 3, 1, 2)], code, compression=compression)
    assert np.array_equal(read_photo(data).pixels[..., 0], GRAY)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), GRAY)  # as libtiff does


@pytest.mark.parametrize('planes', ['contig', 'separate'])
@pytest.mark.parametrize('packing', [None, 'zlib'])
@pytest.mark.parametrize('bits', [8, 16])
def test_predictors_of_planes_and_depths_are_undone_as_by_tifffile(
    planes: str, packing: str | None, bits: int
) -> None:
    array = ROUGH[..., :3].astype(f'u{bits // 8}') * (1 if bits == 8 else 257)
    stored = array if planes == 'contig' else np.moveaxis(array, 2, 0)
    data = tiff(
        stored, photometric='rgb', planarconfig=planes, compression=packing,
        predictor=packing is not None, rowsperstrip=9,
    )  # fmt: skip
    read = tifffile.imread(io.BytesIO(data))
    assert np.array_equal(read_photo(data).pixels, array)
    assert np.array_equal(read if planes == 'contig' else np.moveaxis(read, 0, 2), array)


@pytest.mark.parametrize('bits', [8, 16])
@pytest.mark.parametrize('planes', ['contig', 'separate'])
def test_bytes_with_the_lowest_bit_first_are_read(bits: int, planes: str) -> None:
    array = ROUGH[..., :3].astype(f'u{bits // 8}') * (1 if bits == 8 else 257)
    stored = array if planes == 'contig' else np.moveaxis(array, 2, 0)
    turned = np.ascontiguousarray(stored).view(np.uint8)
    turned = np.packbits(np.unpackbits(turned, bitorder='little')).reshape(turned.shape)
    tag, other = (struct.pack('<HHI', number, 3, 1) for number in (266, 65000))
    data = tiff(
        turned.view(stored.dtype), photometric='rgb', planarconfig=planes,
        extratags=[(65000, 3, 1, 2, True)],
    ).replace(other, tag)  # fmt: skip
    read = tifffile.imread(io.BytesIO(data))
    assert np.array_equal(read if planes == 'contig' else np.moveaxis(read, 0, 2), array)
    assert np.array_equal(read_photo(data).pixels, array)


def test_short_fax_and_jpeg_strips_name_their_fault() -> None:
    for packing, mode in (('group4', '1'), ('jpeg', 'RGB')):
        data = short_tiff(pillow(mode, 'TIFF', compression=packing), 0.6)
        with pytest.raises(ImageReadError, match='ends before the picture does'):
            read_photo(data)
