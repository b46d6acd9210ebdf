"""HEIC, AVIF and JPEG XL: read as they are displayed, written as what all programs open."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, features

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.photos.upright import turned
from mmenlighten.photos.writing import result_format
from mmenlighten.utils.errors import ImageReadError, UserError
from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear
from tests.test_cli.commands import run_here
from tests.test_photos.made_files import SRGB, smooth

KINDS = ['HEIC', 'AVIF', 'JPEG XL']
LARGE = smooth(40, 60)


def require(kind: str) -> None:
    if kind == 'HEIC':
        pytest.importorskip('pillow_heif').register_heif_opener()
    elif kind == 'JPEG XL':
        pytest.importorskip('pillow_jxl')
    elif not features.check('avif'):
        pytest.skip('this Pillow has no AVIF')


def made(kind: str, pixels: np.ndarray = LARGE, **options: Any) -> bytes:
    require(kind)
    buffer = io.BytesIO()
    format = {'HEIC': 'HEIF', 'JPEG XL': 'JXL'}.get(kind, kind)
    Image.fromarray(pixels).save(buffer, format, quality=95, **options)
    return buffer.getvalue()


def tags(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[271], exif[274] = 'Maker', orientation
    return exif.tobytes()


@pytest.mark.parametrize('kind', KINDS)
def test_pixels_and_metadata_are_kept_in_jpeg_and_tiff(kind: str) -> None:
    photo = read_photo(made(kind, icc_profile=SRGB, exif=tags(1)))
    assert (photo.kind, photo.format, photo.bit_depth) == (kind, 'jpeg', 8)
    assert np.abs(photo.pixels.astype(int) - LARGE).mean() < 3
    assert photo.icc_profile
    assert not photo.notes
    for format in ('jpeg', 'tiff', 'png'):
        again = read_photo(encode_photo(photo, format))
        assert again.icc_profile == photo.icc_profile
        assert np.abs(again.pixels.astype(int) - photo.pixels).mean() < 1.5
        exif = Image.Exif()
        exif.load(again.exif or b'')
        assert exif[271] == 'Maker'
    assert np.abs(read_photo(encode_photo(photo)).pixels.astype(int) - LARGE).mean() < 4


@pytest.mark.parametrize('kind', ['HEIC', 'AVIF'])
@pytest.mark.parametrize('orientation', range(1, 9))
def test_pictures_are_upright_once(kind: str, orientation: int) -> None:
    photo = read_photo(made(kind, exif=tags(orientation)))
    expected = turned(LARGE, orientation)
    assert photo.pixels.shape == expected.shape
    assert np.abs(photo.pixels.astype(int) - expected).mean() < 3
    exif = Image.Exif()
    exif.load(photo.exif or b'')
    assert exif.get(274, 1) == 1


def test_the_orientation_of_jpeg_xl_is_that_of_its_codestream() -> None:
    photo = read_photo(made('JPEG XL', exif=tags(6)))
    assert photo.pixels.shape == LARGE.shape
    jpeg = io.BytesIO()
    Image.fromarray(LARGE).save(jpeg, 'JPEG', quality=95, exif=tags(6))
    buffer = io.BytesIO()
    path = io.BytesIO(jpeg.getvalue())
    with Image.open(path) as image:
        image.filename = ''
        image.save(buffer, 'JXL', exif=tags(6))
    assert read_photo(buffer.getvalue()).pixels.shape == LARGE.shape


@pytest.mark.parametrize('kind', KINDS)
def test_gray_and_transparent_pictures(kind: str) -> None:
    gray = read_photo(made(kind, LARGE[..., 0].copy()))
    assert gray.is_gray or kind == 'AVIF'
    alpha = np.full((40, 60, 1), 255, np.uint8)
    opaque = read_photo(made(kind, np.dstack([LARGE, alpha])))
    assert encode_photo(opaque).startswith(b'\xff\xd8')
    alpha[:20] = 60
    photo = read_photo(made(kind, np.dstack([LARGE, alpha])))
    assert photo.alpha is not None
    assert np.abs(photo.alpha.astype(int) - alpha[..., 0]).mean() < 3
    with pytest.raises(UserError, match=r'transparency\. Choose \.png, with format=png'):
        encode_photo(photo)
    assert read_photo(encode_photo(photo, 'png')).alpha is not None


def test_heic_of_10_bits_becomes_16() -> None:
    pillow_heif = pytest.importorskip('pillow_heif')
    values = np.linspace(0, 65535, 40 * 60 * 3).reshape(40, 60, 3).astype(np.uint16)
    buffer = io.BytesIO()
    pillow_heif.from_bytes('RGB;16', (60, 40), values.tobytes()).save(buffer, quality=-1)
    photo = read_photo(buffer.getvalue())
    assert photo.bit_depth == 16
    assert photo.pixels.max() == 65535
    assert np.abs(photo.pixels.astype(int) - values).max() <= 2 * 65535 / 1023
    assert read_photo(encode_photo(photo, 'tiff')).bit_depth == 16
    assert read_photo(encode_photo(photo)).bit_depth == 8


@pytest.mark.parametrize('kind', ['HEIC', 'AVIF'])
def test_colours_without_a_profile_become_srgb_and_high_ranges_are_refused(kind: str) -> None:
    data = made(kind)
    place = data.index(b'colrnclx') + 8
    p3 = data[:place] + b'\0\x0c' + data[place + 2 :]
    photo, plain = read_photo(p3), read_photo(data)
    assert photo.notes == ('its colours are converted from Display P3 to sRGB',)
    light = srgb_to_linear(plain.to_float().astype(float))
    x = np.array([1.22494, -0.22494, 0])  # the first row of the matrix
    red = linear_to_srgb((light @ x).clip(0, 1))
    assert np.abs(photo.to_float()[..., 0] - red).max() < 0.003
    for curve, number in (('PQ', 16), ('HLG', 18)):
        hdr = data[: place + 2] + bytes([0, number]) + data[place + 4 :]
        with pytest.raises(ImageReadError, match=rf'high dynamic range \({curve}\)'):
            read_photo(hdr)


def test_avif_of_10_bits_is_told() -> None:
    require('AVIF')
    codecs = pytest.importorskip('imagecodecs')
    photo = read_photo(codecs.avif_encode(LARGE.astype(np.uint16) << 2, bitspersample=10))
    assert photo.notes == ('its 10 bits are read as 8, which is what the decoder gives',)
    assert np.abs(photo.pixels.astype(int) - LARGE).mean() < 3


def test_jpeg_xl_of_16_bits_is_told() -> None:
    gray = np.linspace(0, 65535, 40 * 60).reshape(40, 60).astype(np.uint16)
    photo = read_photo(made('JPEG XL', gray, lossless=True))
    assert (photo.bit_depth, photo.is_gray, photo.notes) == (16, True, ())
    np.testing.assert_array_equal(photo.pixels[..., 0], gray)


@pytest.mark.parametrize('kind', KINDS)
def test_the_size_is_checked_before_decoding(kind: str) -> None:
    with pytest.raises(ImageReadError, match='60x40 pixels are more than the limit'):
        read_photo(made(kind), max_pixels=1000)


@pytest.mark.parametrize('kind', KINDS)
def test_what_cannot_be_decoded_is_named(kind: str) -> None:
    data = made(kind)
    for broken in (data[: len(data) // 2], data[:60] + bytes(len(data) - 60)):
        with pytest.raises(ImageReadError, match=r'cannot be (read|decoded)') as caught:
            read_photo(broken, name='a')
        assert 'damaged' not in str(caught.value)


def test_the_name_of_the_result_tells_its_format_where_the_kind_is_not_written() -> None:
    photo = read_photo(made('AVIF'))
    assert result_format(photo, 'a.avif', 'a.tif') == 'tiff'
    assert result_format(photo, 'a.jpg', 'a.jpg') == 'jpeg'  # whatever its content is
    assert result_format(photo, 'a', 'a') is None
    plain = read_photo(encode_photo(photo))
    assert result_format(plain, 'a.avif', 'a.tif') == 'tiff'
    assert result_format(plain, 'a.png', 'a.png') is None


@pytest.mark.parametrize(
    ('kind', 'name'), [('HEIC', 'a.HEIC'), ('AVIF', 'a.avif'), ('JPEG XL', 'a.jxl'), ('AVIF', 'a')]
)
def test_the_command_writes_jpeg_or_what_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(made(kind, LARGE // 4))
    asked = {'auto': 'a.jpg', 'tiff': 'a.tif', 'png': 'a.png'} if name != 'a' else {'auto': 'a'}
    for format, result in asked.items():
        done = run_here('enhance', name, '--out', format, '--format', format)
        assert done.status == 0, done.errors
        assert '1 enhanced' in done.errors
        assert [path.name for path in Path(format).glob('a*')] == [result]
        after = read_photo(Path(format, result))
        assert after.format == {'auto': 'jpeg'}.get(format, format)
        assert after.pixels.mean() > 1.3 * read_photo(name).pixels.mean()
