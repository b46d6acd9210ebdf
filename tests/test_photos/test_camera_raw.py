from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.photos.camera_raw_exif import camera_data
from mmenlighten.utils.errors import ImageReadError
from mmenlighten.utils.srgb import linear_to_srgb
from tests.test_cli.commands import run_here
from tests.test_photos.made_files import exif
from tests.test_photos.made_raw import HEIGHT, WIDTH, dng


def ramp() -> np.ndarray:
    return np.tile(np.linspace(0.01, 0.7, WIDTH), (HEIGHT, 1))


def test_light_is_developed_by_the_white_balance_of_the_camera_and_the_curve_of_srgb() -> None:
    pytest.importorskip('rawpy')
    photo = read_photo(dng(ramp()), name='a.dng')
    assert photo.kind == 'DNG (raw camera file)'
    assert (photo.format, photo.bit_depth) == ('tiff', 16)
    assert photo.pixels.shape == (HEIGHT, WIDTH, 3)
    inner = photo.to_float()[8:-8, 8:-8]
    expected = linear_to_srgb(ramp())[8:-8, 8:-8, None]
    assert np.abs(inner - expected).max() < 0.012  # interpolation between the cells
    assert np.abs(inner - inner.mean(axis=2, keepdims=True)).max() < 0.012  # it is gray
    assert (photo.pixels % 257 != 0).mean() > 0.9  # they are no 8 bits made 16


@pytest.mark.parametrize('orientation', [3, 6, 8])
def test_results_are_upright_and_have_the_data_of_the_camera(orientation: int) -> None:
    pytest.importorskip('rawpy')
    photo = read_photo(dng(ramp(), orientation))
    turned = orientation != 3
    assert photo.pixels.shape[:2] == ((WIDTH, HEIGHT) if turned else (HEIGHT, WIDTH))
    light = photo.to_float().mean(axis=2)
    first, last = {
        3: (light[:, -9], light[:, 8]),
        6: (light[8], light[-9]),
        8: (light[-9], light[8]),
    }[orientation]
    assert first.mean() < 0.5 < last.mean()
    for format in ('tiff', 'jpeg'):
        with Image.open(io.BytesIO(encode_photo(photo, format))) as image:
            tags = image.getexif()
            assert (tags[271], tags[272], tags.get(274, 1)) == ('Maker', 'Night 1', 1)
            assert tags[34855] == 3200
            inner = tags.get_ifd(34665)
            assert (inner[40962], inner[40963], inner[40961]) == (*image.size, 1)


def test_the_command_writes_tiff_of_16_bits_or_jpeg(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip('rawpy')
    monkeypatch.chdir(tmp_path)
    Path('night.DNG').write_bytes(dng(0.02 * ramp()))
    for options, name in ((('--only-dark',), 'night.tif'), (('--format', 'jpeg'), 'night.jpg')):
        done = run_here('enhance', 'night.DNG', '--out', 'out', *options)
        assert done.status == 0, done.errors
        assert '1 enhanced' in done.errors
        result = read_photo(Path('out', name))
        assert result.bit_depth == (16 if name.endswith('.tif') else 8)
        assert result.to_float().mean() > 1.3 * read_photo('night.DNG').to_float().mean()
        assert '1 done before' in run_here('enhance', 'night.DNG', '--out', 'out', *options).errors
    Path('bright.DNG').write_bytes(dng(np.full((HEIGHT, WIDTH), 0.8)))
    done = run_here('enhance', 'bright.DNG', '--out', 'out', '--only-dark')
    assert '1 copied' in done.errors
    assert read_photo('out/bright.tif').bit_depth == 16


def test_what_is_no_raw_file_that_is_known_is_told_with_a_converter() -> None:
    whole = dng(ramp())
    for data in (whole[:400], b'FUJIFILMCCD-RAW 0201' + bytes(200), b'IIU\0\x18\0\0\0' + bytes(99)):
        with pytest.raises(ImageReadError, match='darktable or RawTherapee') as caught:
            read_photo(data, name='a.raw')
        assert 'damaged' not in str(caught.value)


def test_the_data_of_the_camera_is_found_in_files_of_other_layouts() -> None:
    tiff = exif(6)
    preview = io.BytesIO()
    Image.new('RGB', (8, 8)).save(preview, 'JPEG', exif=b'Exif\0\0' + tiff)
    jpeg = preview.getvalue()
    raf = (b'FUJIFILMCCD-RAW 0201'.ljust(84, b'\0') + struct.pack('>II', 200, len(jpeg))).ljust(200)
    cr3 = struct.pack('>I4s4s', 24, b'ftyp', b'crx ') + bytes(12)
    cr3 += struct.pack('>I4s', 8 + len(tiff), b'CMT1') + tiff
    expected = Image.Exif()
    expected.load(tiff)
    kinds = {
        'RAF': (raf + jpeg, b''),
        'CR3': (cr3, b''),
        'ORF': (b'IIRO' + tiff[4:], b''),
        'of a preview': (b'FOVb' + bytes(99), jpeg),
    }
    for name, (data, thumbnail) in kinds.items():
        found = camera_data(data, thumbnail, 70, 50)
        assert found is not None, name
        tags = Image.Exif()
        tags.load(found)
        assert (tags[271], tags[274]) == (expected[271], 1), name
        inner = tags.get_ifd(34665)
        assert (inner[40962], inner[40963]) == (70, 50), name
        assert 37500 not in inner, name  # the notes of the maker, which go by place
    assert camera_data(b'FOVb' + bytes(99), b'', 70, 50) is None
