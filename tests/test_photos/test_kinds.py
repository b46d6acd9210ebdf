from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmenlighten.photos import Photo, encode_photo, read_photo, write_photo

from .made_files import HEIGHT, WIDTH, Made, all_kinds

KINDS = all_kinds()
ENDINGS = {'jpeg': '.jpg', 'tiff': '.tif'}


def light_of(photo: Photo) -> np.ndarray:
    return photo.pixels[..., 0] if photo.is_gray else photo.pixels


def same(one: np.ndarray | None, other: np.ndarray | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.dtype == other.dtype and np.array_equal(one, other)


def check_kind(photo: Photo, made: Made) -> None:
    assert photo.format == made.format
    assert photo.bit_depth == made.bit_depth
    assert photo.is_gray == made.is_gray
    assert photo.lossless == made.lossless
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    if made.is_gray:
        assert (photo.pixels == photo.pixels[..., :1]).all()
    if made.light is not None:
        assert same(light_of(photo), made.light)
    assert same(photo.alpha, made.alpha)


@pytest.mark.parametrize('name', KINDS)
def test_nothing_is_lost_on_the_way_through_a_neutral_step(tmp_path: Path, name: str) -> None:
    made = KINDS[name]
    source = tmp_path / f'in{ENDINGS.get(made.format, f".{made.format}")}'
    source.write_bytes(made.data)
    photo = read_photo(source)
    check_kind(photo, made)
    for key in made.metadata:
        assert getattr(photo, key), f'{key} was not found'

    target = tmp_path / f'out{source.suffix}'
    write_photo(photo.with_pixels(photo.to_float()), target)
    again = read_photo(target)
    check_kind(again, made)
    if made.lossless:
        assert same(again.pixels, photo.pixels)
    else:
        change = np.abs(again.pixels.astype(int) - photo.pixels.astype(int))
        assert change.mean() < 1
        assert change.max() <= 6
    for key in ('icc_profile', 'xmp', 'text', 'native', 'jpeg'):
        assert getattr(again, key) == getattr(photo, key), key
    assert (again.exif is None) == (photo.exif is None)
    assert again.dpi == (photo.dpi and pytest.approx(photo.dpi, rel=1e-3))
    if photo.format != 'tiff':
        assert again.exif == photo.exif


@pytest.mark.parametrize(
    'name', [n for n in KINDS if n.startswith('JPEG') and 'CMYK' not in n and 'without' not in n]
)
def test_jpeg_loses_no_more_than_if_it_were_saved_again_unchanged(name: str) -> None:
    with Image.open(io.BytesIO(KINDS[name].data)) as image:
        expected = io.BytesIO()
        image.save(expected, 'JPEG', quality='keep')
    photo = read_photo(KINDS[name].data)
    again = read_photo(encode_photo(photo.with_pixels(photo.to_float())))
    assert same(again.pixels, read_photo(expected.getvalue()).pixels)


@pytest.mark.parametrize('name', KINDS)
def test_every_kind_becomes_a_png_and_a_tiff_with_the_same_pixels(name: str) -> None:
    photo = read_photo(KINDS[name].data)
    for format in ('png', 'tiff'):
        again = read_photo(encode_photo(photo, format))
        assert again.format == format
        assert again.is_gray == photo.is_gray
        assert same(again.pixels, photo.pixels)
        assert same(again.alpha, photo.alpha)
        assert again.icc_profile == photo.icc_profile
        assert again.xmp == photo.xmp
