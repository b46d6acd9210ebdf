from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.photos.photo import ExtraBands
from mmenlighten.utils.errors import ImageReadError, UserError

from .made_files import smooth, tiff, values

NONE, MULTIPLIED, ALPHA = 'unspecified', 'assocalpha', 'unassalpha'
NUMBERS = {NONE: 0, MULTIPLIED: 1, ALPHA: 2}
WAYS: dict[str, dict[str, Any]] = {
    'strips': {},
    'tiles': {'tile': (16, 16)},
    'planes': {'planarconfig': 'separate'},
    'packed': {'compression': 'zlib', 'predictor': True, 'byteorder': '>'},
}


def stored(data: bytes) -> tuple[np.ndarray, tuple[int, ...], int]:
    """Samples (H, W, channels), what the extra ones are, and the kind of colours."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        assert page.planarconfig == 1
        array = page.asarray().reshape(page.imagelength, page.imagewidth, -1)
        return array, tuple(int(kind) for kind in page.extrasamples), int(page.photometric)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ('colors', 'kinds'),
    [
        (3, [NONE]),
        (3, [NONE, NONE]),
        (3, [ALPHA, NONE]),
        (3, [NONE, ALPHA]),
        (3, [NONE, NONE, ALPHA, NONE]),
        (3, [ALPHA, ALPHA]),
        (1, [NONE]),
        (1, [ALPHA, NONE, NONE]),
    ],
)
def test_bands_keep_their_values_their_order_and_their_meaning(
    colors: int, kinds: list[str], dtype: type, way: str
) -> None:
    array = values(colors + len(kinds), dtype)
    light = 'minisblack' if colors == 1 else 'rgb'
    made = np.moveaxis(array, 2, 0) if way == 'planes' else array
    photo = read_photo(tiff(made, photometric=light, extrasamples=kinds, **WAYS[way]))
    assert (photo.alpha is not None) == (ALPHA in kinds)
    if ALPHA in kinds:
        assert np.array_equal(photo.alpha, array[..., colors + kinds.index(ALPHA)])
    brighter = photo.with_pixels(np.full(photo.pixels.shape, 0.5))
    again, numbers, color = stored(encode_photo(brighter))
    assert np.array_equal(again[..., colors:], array[..., colors:])
    assert (again[..., :colors] == round(np.iinfo(dtype).max / 2)).all()
    assert numbers == tuple(NUMBERS[kind] for kind in kinds)
    assert color == (1 if colors == 1 else 2)
    unchanged = stored(encode_photo(photo))[0]
    assert np.array_equal(unchanged, array)


def test_bands_behind_multiplied_colours_are_not_divided() -> None:
    array = values(5)
    array[..., 3] = 128
    array[..., :3] //= 2
    photo = read_photo(tiff(array, photometric='rgb', extrasamples=[MULTIPLIED, NONE]))
    expected = np.minimum(np.rint(array[..., :3] / 128 * 255), 255)
    assert np.array_equal(photo.pixels, expected)
    assert photo.bands is not None
    assert np.array_equal(photo.bands.values[..., 0], array[..., 4])
    assert stored(encode_photo(photo))[1] == (2, 0)


def test_a_band_that_the_file_says_nothing_of_is_no_opacity() -> None:
    data = bytearray(tiff(values(4), photometric='rgb', extrasamples=[NONE]))
    place = data.index((338).to_bytes(2, 'little'))
    data[place : place + 2] = (339 + 60000 - 338).to_bytes(2, 'little')  # a tag of no meaning
    photo = read_photo(bytes(data))
    assert photo.alpha is None
    assert np.array_equal(stored(encode_photo(photo))[0], values(4))


def test_bands_are_turned_with_the_picture() -> None:
    array = values(4)
    turn = [(274, 3, 1, 6, True)]
    photo = read_photo(tiff(array, photometric='rgb', extrasamples=[NONE], extratags=turn))
    assert photo.bands is not None
    assert np.array_equal(photo.bands.values[..., 0], np.rot90(array[..., 3], -1))


@pytest.mark.parametrize('format', ['png', 'jpeg', 'webp', 'bmp', 'ppm'])
def test_bands_are_not_lost_without_a_word(format: str) -> None:
    photo = read_photo(tiff(values(4), photometric='rgb', extrasamples=[NONE]))
    with pytest.raises(UserError, match=r'cannot hold the further bands.*Choose \.tif\.'):
        encode_photo(photo, format)


def as_tiff(image: np.ndarray, mode: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image, mode).save(buffer, 'TIFF', **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ('data', 'reason'),
    [
        (tiff(values(5), photometric='separated', extrasamples=[NONE]), '1 more band than'),
        (tiff(values(5), photometric='separated', extrasamples=[ALPHA]), '1 more band than'),
        (
            tiff(values(2), photometric='minisblack', extrasamples=[NONE]).replace(
                b'\x06\1\3\0\1\0\0\0\1', b'\x06\1\3\0\1\0\0\0\2'
            ),
            'of this kind is not handled',
        ),
        (tiff(values(6), photometric='separated', extrasamples=[NONE] * 2), '2 more bands than'),
        (as_tiff(values(4), 'RGBX', compression='zstd'), '1 more band than'),
        (
            as_tiff(smooth(), 'RGB').replace(b'\x06\1\3\0\1\0\0\0\2', b'\x06\1\3\0\1\0\0\0\4'),
            'mask',
        ),
        (tiff(values(40), photometric='minisblack', planarconfig='contig'), 'has 40 bands'),
        (tiff(values(4).astype(np.int8), photometric='rgb', extrasamples=[NONE]), 'no known range'),
        (tiff(values(4).astype('f4'), photometric='rgb', extrasamples=[NONE]), 'no known range'),
    ],
)
def test_bands_that_cannot_be_kept_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(ImageReadError, match=reason):
        read_photo(data)


@pytest.mark.parametrize('compression', ['raw', 'tiff_lzw', 'packbits', 'zstd'])
def test_opacity_is_opacity_in_every_compression(compression: str) -> None:
    photo = read_photo(as_tiff(values(4), 'RGBA', compression=compression))
    assert photo.bands is None
    assert photo.alpha is not None
    assert np.array_equal(np.dstack([photo.pixels, photo.alpha]), values(4))


def test_wrong_bands_are_refused() -> None:
    for wrong in (values(4)[1:], values(4).astype(np.uint16)):
        with pytest.raises(ValueError, match='bands'):
            Photo(values(3), bands=ExtraBands(wrong, (0, 0, 0, 0)))
