from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import ImageReadError

from .made_files import SRGB, XMP, chunk, exif, png, values

PREFIX = b'Exif\0\0'
XMP_HEAD = b'http://ns.adobe.com/xap/1.0/\0'


def raw(kind: str, content: bytes, name: bytes = b'zTXt') -> bytes:
    """A text as ImageMagick and ExifTool write it: name, length, lines of digits."""
    digits = content.hex()
    lines = '\n'.join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = f'\n{kind}\n{len(content):8}\n{lines}\n'.encode()
    key = f'Raw profile type {kind}\0'.encode()
    return chunk(name, key + (b'\0' + zlib.compress(text) if name == b'zTXt' else text))


def made(*extra: bytes) -> bytes:
    return png(values(3), 2, 8, b''.join(extra))


PLACES = {
    'plain': made(chunk(b'eXIf', exif(6))),
    'with a prefix': made(chunk(b'eXIf', PREFIX + exif(6))),
    'big-endian with a prefix': made(chunk(b'eXIf', PREFIX + exif(6, '>'))),
    'raw exif': made(raw('exif', PREFIX + exif(6))),
    'raw exif without a prefix': made(raw('exif', exif(6))),
    'raw APP1': made(raw('APP1', PREFIX + exif(6))),
    'raw, not packed': made(raw('exif', PREFIX + exif(6), b'tEXt')),
    'both, of which the chunk counts': made(raw('exif', PREFIX + exif(3)), chunk(b'eXIf', exif(6))),
}


@pytest.mark.parametrize('place', PLACES)
def test_camera_data_is_found_and_turns_the_picture_once(place: str) -> None:
    photo = read_photo(PLACES[place])
    assert np.array_equal(photo.pixels, np.rot90(values(3), -1))
    assert photo.exif is not None
    assert photo.exif[:2] in (b'II', b'MM')
    assert b'Camera' in photo.exif
    assert photo.text == ()  # which would turn it again
    written = encode_photo(photo)
    assert np.array_equal(read_photo(written).pixels, photo.pixels)
    assert b'Raw profile' not in written
    assert photo.notes == ()


@pytest.mark.parametrize('place', PLACES)
def test_data_sets_see_it_turned_too(tmp_path: object, place: str) -> None:
    path = tmp_path / 'a.png'  # type: ignore[operator]
    path.write_bytes(PLACES[place])
    assert np.array_equal(read_image(path), np.rot90(values(3), -1))


def test_other_profiles_in_texts() -> None:
    assert read_photo(made(raw('xmp', XMP % 1))).xmp == XMP % 1
    assert read_photo(made(raw('APP1', XMP_HEAD + XMP % 1))).xmp == XMP % 1
    assert read_photo(made(raw('icc', SRGB))).icc_profile == SRGB
    photo = read_photo(made(raw('iptc', b'8BIM\4\4\0\0\0\0\0\0')))
    assert photo.text[0][0] == 'Raw profile type iptc'
    assert read_photo(encode_photo(photo)).text == photo.text


def damaged(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 1])


AUTHOR = chunk(b'tEXt', b'Author\0Ann')
TEXTS = {
    'cut off': chunk(b'zTXt', b'Comment\0\0' + zlib.compress(b'x' * 200)[:-8]),
    'not packed': chunk(b'zTXt', b'Comment\0\0' + b'x' * 200),
    'empty': chunk(b'zTXt', b'Comment\0'),
    'international': chunk(b'iTXt', b'Comment\0\1\0\0\0' + zlib.compress(b'x' * 200)[9:]),
    'check sum': damaged(chunk(b'tEXt', b'Comment\0x')),
    'check sum of a packed one': damaged(chunk(b'zTXt', b'Comment\0\0' + zlib.compress(b'x'))),
    'time': damaged(chunk(b'tIME', bytes(7))),
    'resolution': damaged(chunk(b'pHYs', struct.pack('>IIB', 1, 1, 1))),
    'camera data': damaged(chunk(b'eXIf', exif())),
    'raw': chunk(b'tEXt', b'Raw profile type exif\0\nexif\n  3\nno digits'),
    'raw, odd': chunk(b'tEXt', b'Raw profile type exif\0\nexif\n  3\nabc'),
}


@pytest.mark.parametrize('name', TEXTS)
def test_a_damaged_text_costs_the_text_and_not_the_photograph(name: str) -> None:
    photo = read_photo(made(AUTHOR, TEXTS[name]))
    assert np.array_equal(photo.pixels, values(3))
    assert photo.text == (('Author', 'Ann'),)
    assert len(photo.notes) == 1
    assert 'damaged' in photo.notes[0]
    again = read_photo(encode_photo(photo))
    assert (again.text, again.notes) == (photo.text, ())


@pytest.mark.parametrize('name', [b'IDAT', b'IHDR', b'PLTE', b'tRNS', b'iCCP', b'cICP', b'gAMA'])
def test_damage_that_may_change_the_picture_is_refused(name: bytes) -> None:
    content = {b'iCCP': b'a\0\0' + zlib.compress(SRGB)}.get(name, bytes(6))
    data = made(chunk(name, content)) if name not in (b'IDAT', b'IHDR') else made()
    end = data.index(name) + 4
    end += struct.unpack('>I', data[end - 8 : end - 4])[0] + 4
    with pytest.raises(ImageReadError, match='check sum'):
        read_photo(damaged(data[:end]) + data[end:])


def test_letters_that_are_no_utf8_are_kept_byte_for_byte() -> None:
    text = b'Comment\0\0\0\0\0caf\xe9 \xff'
    data = made(chunk(b'iTXt', text))
    assert text in encode_photo(read_photo(data))
