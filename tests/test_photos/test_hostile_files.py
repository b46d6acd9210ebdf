from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.utils.errors import ImageReadError

from .made_files import (
    HEIGHT,
    WIDTH,
    all_kinds,
    chunk,
    png,
    smooth,
    tiff,
    values,
)

KINDS = all_kinds()


def read_or_refuse(data: bytes, name: Path) -> bool:
    """Reads a file; True if it is refused in a sentence that names it. All else is a failure."""
    name.write_bytes(data)
    message = ''
    try:
        shape = read_photo(name).pixels.shape
    except ImageReadError as error:
        message = str(error)
    if not message:
        assert shape[2] == 3
        return False
    assert str(name) in message
    assert message.endswith('.')
    assert '\n' not in message
    return True


@pytest.mark.parametrize('name', KINDS)
def test_a_file_of_which_a_third_is_missing_is_never_taken_for_whole(
    tmp_path: Path, name: str
) -> None:
    data = KINDS[name].data
    for part in (0.1, 0.4, 0.66):
        assert read_or_refuse(data[: int(len(data) * part)], tmp_path / 'a.png')


def test_png_with_a_piece_of_its_pixels_missing_is_refused() -> None:
    for bits, dtype in ((8, np.uint8), (16, np.uint16)):
        data = png(values(3, dtype), 2, bits)
        at = data.index(b'IDAT')
        length = struct.unpack('>I', data[at - 4 : at])[0]
        short = chunk(b'IDAT', zlib.compress(zlib.decompress(data[at + 4 : at + 4 + length])[:300]))
        with pytest.raises(ImageReadError):
            read_photo(data[: at - 4] + short + chunk(b'IEND', b''))


@pytest.mark.parametrize(
    'content', ['', 'This is a text.', '<html></html>', '\0' * 500, 'P6', 'BM']
)
@pytest.mark.parametrize('ending', ['.png', '.jpg', '.tif', '.bmp', '.webp', '.ppm'])
def test_other_files_with_the_ending_of_a_picture(
    tmp_path: Path, content: str, ending: str
) -> None:
    assert read_or_refuse(content.encode(), tmp_path / f'a{ending}')


@pytest.mark.parametrize('name', list(KINDS)[::7])
def test_the_content_and_not_the_ending_tells_the_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / 'a.gif'
    path.write_bytes(KINDS[name].data)
    assert read_photo(path).format == KINDS[name].format
    with open(path, 'rb') as file:
        assert read_photo(file).format == KINDS[name].format


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / 'missing.png', tmp_path / ('a' * 300)):
        with pytest.raises(ImageReadError, match='cannot be read'):
            read_photo(path)
    with pytest.raises(ImageReadError, match='cannot be read'):
        read_photo('a\0b.png')
    if hasattr(os, 'mkfifo'):
        os.mkfifo(tmp_path / 'pipe.png')
        with pytest.raises(ImageReadError, match='not a file'):
            read_photo(tmp_path / 'pipe.png')


def huge(format: str) -> bytes:
    """A small file whose header tells of 60000x60000 pixels, or the most that the format can."""
    side = 60000
    if format == 'png':
        header = chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 8, 2, 0, 0, 0))
        rows = chunk(b'IDAT', zlib.compress(bytes(1000)))
        return b'\x89PNG\r\n\x1a\n' + header + rows + chunk(b'IEND', b'')
    if format == 'ppm':
        return b'P6 %d %d 255\n' % (side, side) + bytes(100)
    data = bytearray(encode_photo(Photo(smooth()), format))
    if format == 'jpeg':
        at = data.index(b'\xff\xc0') + 5
        data[at : at + 4] = struct.pack('>HH', side, side)
    elif format == 'bmp':
        data[18:26] = struct.pack('<ii', side, side)
    elif format == 'webp':
        data[21:25] = struct.pack('<I', 0x0FFFFFFF)  # 16384x16384
    else:
        for tag in (256, 257):
            at = data.index(struct.pack('<HHI', tag, 4, 1)) + 8
            data[at : at + 4] = struct.pack('<I', side)
    return bytes(data)


@pytest.mark.parametrize('format', ['png', 'jpeg', 'tiff', 'bmp', 'webp', 'ppm'])
def test_huge_pictures_are_refused_by_their_header(format: str) -> None:
    with pytest.raises(ImageReadError, match='more than the limit of 200 million'):
        read_photo(huge(format))


def test_limit_can_be_set() -> None:
    data = encode_photo(Photo(smooth()))
    with pytest.raises(ImageReadError, match='more than the limit'):
        read_photo(data, max_pixels=HEIGHT * WIDTH - 1)
    assert read_photo(data, max_pixels=HEIGHT * WIDTH).pixels.shape == (HEIGHT, WIDTH, 3)


def test_packed_texts_that_unpack_to_gigabytes_are_refused() -> None:
    bomb = zlib.compress(bytes(1 << 27), 9)
    for name, start in ((b'zTXt', b'a\0\0'), (b'iCCP', b'a\0\0'), (b'iTXt', b'a\0\1\0\0\0')):
        with pytest.raises(ImageReadError, match='metadata'):
            read_photo(png(values(3), 2, 8, chunk(name, start + bomb)))


def test_tiff_of_countless_tiles_is_refused_at_once() -> None:
    data = bytearray(tiff(values(3), photometric='rgb', tile=(16, 16)))
    for tag, value in ((256, 14000), (257, 14000), (322, 1), (323, 1)):
        at = next(
            at for at in range(8, len(data)) if data[at : at + 2] == struct.pack('<H', tag)
            and struct.unpack_from('<I', data, at + 4)[0] == 1
        )  # fmt: skip
        data[at + 2 : at + 12] = struct.pack('<HII', 4, 1, value)
    with pytest.raises(ImageReadError, match='strips or tiles are damaged'):
        read_photo(bytes(data))


def animated(format: str) -> bytes:
    frames = [Image.fromarray(smooth()), Image.fromarray(255 - smooth())]
    buffer = io.BytesIO()
    frames[0].save(buffer, format, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ('data', 'reason'),
    [
        (animated('GIF'), 'GIF is not handled'),
        (animated('WEBP'), 'animated, and only single'),
        (animated('PNG'), 'animated, and only single'),
        (animated('TIFF'), 'several pages'),
        (tiff(values(3).astype(np.float32), photometric='rgb'), 'no known range'),
        (tiff(values(3).astype(np.int16), photometric='rgb'), 'no known range'),
        (tiff(values(3).astype(np.uint32), photometric='rgb'), '32 bits is not handled'),
        (tiff(values(3), photometric='rgb', bigtiff=True), 'BigTIFF is not handled'),
        (tiff(values(1), extratags=[(50706, 1, 4, (1, 4, 0, 0), True)]), 'raw camera file'),
    ],
)
def test_what_is_not_handled_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ImageReadError, match=reason):
        read_photo(data)


@pytest.mark.parametrize('size', [(1, 1), (1, 40), (40, 1)])
@pytest.mark.parametrize('format', ['png', 'jpeg', 'tiff', 'bmp', 'webp', 'ppm'])
def test_the_smallest_pictures_are_read_and_written(format: str, size: tuple[int, int]) -> None:
    pixels = smooth(*size)
    for gray in (False, True):
        photo = Photo(pixels[..., :1].repeat(3, 2) if gray else pixels, is_gray=gray)
        again = read_photo(encode_photo(photo, format))
        assert again.pixels.shape == photo.pixels.shape
        if format != 'jpeg':
            assert np.array_equal(again.pixels, photo.pixels)


def test_an_endless_loop_of_pages_ends() -> None:
    data = bytearray(tiff(values(3), photometric='rgb', subfiletype=0))
    offset = struct.unpack_from('<I', data, 4)[0]
    end = offset + 2 + 12 * struct.unpack_from('<H', data, offset)[0]
    data[end : end + 4] = struct.pack('<I', offset)
    with pytest.raises(ImageReadError, match='in a circle'):
        read_photo(bytes(data))
