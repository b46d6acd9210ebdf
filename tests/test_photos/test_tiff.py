from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile
from PIL import Image

from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.photos.tiff_directory import TiffDirectory

from .made_files import MAKER_NOTE, exif, smooth, tiff, values


def big(channels: int, dtype: type) -> np.ndarray:
    rng = np.random.default_rng(2)
    return rng.integers(0, np.iinfo(dtype).max, (300, 411, channels)).astype(dtype)


@pytest.mark.parametrize('order', ['<', '>'])
@pytest.mark.parametrize(('dtype', 'depth'), [(np.uint8, 8), (np.uint16, 16)])
def test_another_library_reads_what_we_write(dtype: type, depth: int, order: str) -> None:
    for channels in (1, 2, 3, 4):
        array = big(channels, dtype)
        gray = channels < 3
        pixels = array[..., :1].repeat(3, 2) if gray else array[..., :3]
        alpha = array[..., -1] if channels in (2, 4) else None
        photo = Photo(pixels, depth, alpha, gray, exif=exif(order=order))
        data = encode_photo(photo, 'tiff')
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages[0]
            assert np.array_equal(page.asarray().reshape(array.shape), array)
            assert page.tags['Make'].value == 'Camera'
            assert page.tags['ExifTag'].value['MakerNote'] == MAKER_NOTE
            assert page.tags['GPSTag'].value['GPSLatitude'] == (52, 1, 31, 1, 12, 1)
            assert len(file.pages) == 1


def test_lzw_of_many_strips_and_other_widths() -> None:
    for channels in (1, 3, 4):
        array = big(channels, np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(array[..., 0] if channels == 1 else array).save(
            buffer, 'TIFF', compression='tiff_lzw'
        )
        photo = read_photo(buffer.getvalue())
        assert np.array_equal(photo.pixels, array[..., :3] if channels > 1 else array.repeat(3, 2))
        assert photo.is_gray == (channels == 1)


@pytest.mark.parametrize(('dtype', 'top'), [(np.uint8, 255), (np.uint16, 65535)])
def test_colours_that_were_multiplied_by_alpha_are_divided(dtype: type, top: int) -> None:
    light, alpha = values(3, dtype) // 2 + 1, np.maximum(values(1, dtype), top // 2)
    stored = np.rint(light * (alpha / top)[..., None]).astype(dtype)
    data = tiff(np.dstack([stored, alpha]), photometric='rgb', extrasamples=['assocalpha'])
    photo = read_photo(data)
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, alpha)
    assert np.abs(photo.pixels.astype(int) - light).max() <= 1
    again = read_photo(encode_photo(photo))
    assert np.array_equal(again.pixels, photo.pixels)


def test_cmyk_becomes_rgb() -> None:
    cmyk = np.zeros((8, 9, 4), np.uint8)
    cmyk[..., 1:3] = 255
    buffer = io.BytesIO()
    Image.fromarray(cmyk, 'CMYK').save(buffer, 'TIFF')
    photo = read_photo(buffer.getvalue())
    assert (photo.pixels == [255, 0, 0]).all()
    assert not photo.is_gray


def test_jpeg_inside_tiff_is_read() -> None:
    buffer = io.BytesIO()
    Image.fromarray(smooth(64, 64)).save(buffer, 'TIFF', compression='jpeg')
    change = read_photo(buffer.getvalue()).pixels.astype(int) - smooth(64, 64)
    assert np.abs(change).mean() < 3


def test_directory_is_written_as_it_was_read() -> None:
    for order in ('<', '>'):
        blob = exif(order=order)
        before = TiffDirectory.first(blob)
        head = blob[:4] + (8).to_bytes(4, 'little' if order == '<' else 'big')
        after = TiffDirectory.first(head + before.to_bytes(8))
        assert before.children.keys() == after.children.keys() == {34665, 34853}
        for one, other in (
            (before, after),
            *zip(before.children.values(), after.children.values()),
        ):
            assert one.fields.keys() == other.fields.keys()
            for tag, item in one.fields.items():
                assert bytes(item.data) == bytes(other.fields[tag].data)
