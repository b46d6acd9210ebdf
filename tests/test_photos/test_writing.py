from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmenlighten.photos import Photo, encode_photo, read_photo, write_photo
from mmenlighten.photos.formats import FORMATS
from mmenlighten.utils.errors import UserError

from .made_files import SRGB, jpeg_kinds, png_kinds, smooth, values


def full_disk(*_: Any) -> None:
    raise OSError(28, 'No space left on device')


@pytest.mark.parametrize('moment', ['fsync', 'replace'])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = tmp_path / 'a.png'
    path.write_bytes(b'old')
    monkeypatch.setattr(os, moment, full_disk)
    with pytest.raises(UserError, match=r'a\.png cannot be written: No space left'):
        write_photo(Photo(values(3)), path)
    assert path.read_bytes() == b'old'
    assert os.listdir(tmp_path) == ['a.png']


def test_a_picture_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / 'a.webp'
    path.write_bytes(b'old')
    with pytest.raises(UserError, match='WEBP cannot hold this picture of 17000x1 pixels'):
        write_photo(Photo(np.zeros((1, 17000, 3), np.uint8)), path)
    assert path.read_bytes() == b'old'
    assert os.listdir(tmp_path) == ['a.webp']


def test_folders_are_made_and_the_ending_tells_the_format(tmp_path: Path) -> None:
    for ending, format in FORMATS.items():
        path = tmp_path / 'new' / f'a{ending.upper()}'
        write_photo(Photo(smooth()), path)
        assert read_photo(path).format == format
    write_photo(Photo(smooth()), tmp_path / 'a.png', format='tiff')
    assert read_photo(tmp_path / 'a.png').format == 'tiff'


def test_unknown_endings_formats_and_qualities_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='must end in'):
        write_photo(Photo(smooth()), tmp_path / 'a.gif')
    with pytest.raises(UserError, match='not known'):
        encode_photo(Photo(smooth()), 'gif')
    for quality in (0, 101, 'high', 5.5):
        with pytest.raises(UserError, match='quality'):
            encode_photo(Photo(smooth()), 'jpeg', quality)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_a_folder_in_the_place_of_the_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / 'a.png').mkdir()
    with pytest.raises(UserError, match=r'a\.png cannot be written'):
        write_photo(Photo(smooth()), tmp_path / 'a.png')


@pytest.mark.parametrize('format', ['jpeg', 'ppm'])
def test_transparency_is_not_lost_without_a_word(format: str) -> None:
    with pytest.raises(UserError, match='cannot hold transparency'):
        encode_photo(Photo(smooth(), alpha=values(1)), format)
    opaque = np.full(smooth().shape[:2], 255, np.uint8)
    assert read_photo(encode_photo(Photo(smooth(), alpha=opaque), format)).alpha is None


@pytest.mark.parametrize('format', ['jpeg', 'webp', 'bmp'])
def test_16_bits_are_rounded_where_the_format_has_8(format: str) -> None:
    wide = smooth().astype(np.uint16) * 257 + 100
    photo = read_photo(encode_photo(Photo(wide, bit_depth=16), format))
    assert photo.bit_depth == 8
    assert np.abs(photo.pixels.astype(int) - smooth()).max() <= (3 if format == 'jpeg' else 0)


def test_jpeg_quality_is_kept_or_set() -> None:
    for name, made in jpeg_kinds().items():
        photo = read_photo(made.data)
        kept = read_photo(encode_photo(photo))
        assert kept.jpeg == photo.jpeg, name
        with Image.open(io.BytesIO(encode_photo(photo, quality=40))) as image:
            set_tables = image.quantization
        buffer = io.BytesIO()
        Image.new('RGB', (16, 16)).save(buffer, 'JPEG', quality=40)
        with Image.open(io.BytesIO(buffer.getvalue())) as image:
            assert set_tables[0] == image.quantization[0], name
    sizes = [len(encode_photo(Photo(values(3)), 'jpeg', quality)) for quality in (20, 60, 95)]
    assert sizes == sorted(sizes)


def test_webp_quality_is_kept_or_set() -> None:
    lossy = read_photo(encode_photo(Photo(values(3)), 'webp', quality=30))
    assert not lossy.lossless
    assert not read_photo(encode_photo(lossy)).lossless
    assert read_photo(encode_photo(Photo(values(3)), 'webp')).lossless


def test_metadata_too_long_for_jpeg_is_refused(tmp_path: Path) -> None:
    photo = Photo(smooth(), exif=b'II*\0\x08\0\0\0\0\0\0\0\0\0'.ljust(70000, b'\0'))
    with pytest.raises(UserError, match='more than 64 kB'):
        write_photo(photo, tmp_path / 'a.jpg')
    assert read_photo(encode_photo(photo, 'png')).exif == photo.exif
    profile = SRGB + bytes(200000)  # a profile may be spread over several pieces
    assert read_photo(encode_photo(Photo(smooth(), icc_profile=profile), 'jpeg')).icc_profile


def test_png_text_and_colour_chunks_survive() -> None:
    photo = read_photo(png_kinds()['PNG 16 bits RGB'].data)
    assert photo.text == (('Author', 'René'), ('Title', 'Größe 夜'))
    assert photo.native[0][0] == 'gAMA'
    assert photo.dpi == pytest.approx((300, 150), abs=0.02)
    again = read_photo(encode_photo(photo))
    assert (again.text, again.native, again.dpi) == (photo.text, photo.native, photo.dpi)
    long = Photo(smooth(), text=(('Long', 'x' * 5000), ('Ключ', 'значение')))
    assert read_photo(encode_photo(long)).text == (('Long', 'x' * 5000), ('????', 'значение'))


def test_what_we_write_is_read_alike_by_another_program() -> None:
    for array, alpha, gray in (
        (values(3), None, False),
        (values(3), values(1), False),
        (values(1)[..., None].repeat(3, 2), values(1), True),
    ):
        photo = Photo(array, alpha=alpha, is_gray=gray, icc_profile=SRGB)
        for format in ('png', 'tiff', 'bmp') if not gray else ('png', 'tiff'):
            with Image.open(io.BytesIO(encode_photo(photo, format))) as image:
                found = np.asarray(image.convert('RGBA'))
                if format != 'bmp':
                    assert image.info['icc_profile'] == SRGB
            assert np.array_equal(found[..., :3], array)
            assert (found[..., 3] == (255 if alpha is None else alpha)).all()
