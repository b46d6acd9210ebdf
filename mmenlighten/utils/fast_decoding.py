"""A faster way to the pixels of the two kinds of files that data sets are made of.

OpenCV unpacks an 8-bit JPEG or PNG in less time than :func:`~mmenlighten.photos.read_photo`, to the
same values, which a test holds for each kind. It gets nothing to decide: what the file says about
orientation is read by the code that all files are read by, and whatever is unusual, damaged, or
incomplete is left to :func:`~mmenlighten.photos.read_photo`.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

import cv2
import numpy as np

from mmenlighten.photos.jpeg_end import end_of_picture
from mmenlighten.photos.upright import orientation_of, turned

_JPEG, _PNG = b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n'
SIGNATURES = (_JPEG, _PNG)
"""How the files begin that :func:`decode_fast` may know how to read."""

# Newer versions of OpenCV can decode to RGB at once, which spares a pass over the picture.
_COLOR_RGB: int = getattr(cv2, 'IMREAD_COLOR_RGB', cv2.IMREAD_COLOR)
_EXIF = b'Exif\0\0'
_RANGE, _HIDDEN = b'cicp', b'Raw profile type '
_MOST_PROFILE = 1 << 20
_HUFFMAN_FRAMES = (0xC0, 0xC1, 0xC2)
_MOST_SCANS = 100  # encoders write about ten; a small file of a thousand takes minutes to decode
_PIXEL_CHUNKS = (b'IHDR', b'PLTE', b'IDAT', b'IEND')


class PlainParts(NamedTuple):
    """A file that holds pixels of a plain kind, and how they are turned for display."""

    data: bytes
    orientation: int


def decode_fast(data: bytes) -> np.ndarray | None:
    """Decodes an ordinary JPEG or PNG of 8 bits.

    Args:
        data: The file.

    Returns:
        Array (H, W, 3), uint8, RGB, upright; None for every other file.
    """
    plain = plain_parts(data)
    if plain is None:
        return None
    is_rgb = _COLOR_RGB != cv2.IMREAD_COLOR
    mode = (_COLOR_RGB if is_rgb else cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(plain.data, np.uint8), mode)
    except cv2.error:
        return None
    if image is None:
        return None
    if not is_rgb:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    return image if plain.orientation == 1 else turned(image, plain.orientation)


def plain_parts(data: bytes) -> PlainParts | None:
    """What OpenCV is to decode of an ordinary JPEG or PNG of 8 bits; None for every other file."""
    if data.startswith(_JPEG):
        return _plain_jpeg(data)
    return _plain_png(data) if data.startswith(_PNG) else None


def _plain_jpeg(data: bytes) -> PlainParts | None:
    """A whole gray or colour JPEG with at most one piece of EXIF data, as it is."""
    exif, frame, position = b'', b'', 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # padding
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], 'big')
        if marker == 0xDA:  # start of the picture, after thumbnails and the like
            # OpenCV would fill up the part that is missing with gray.
            is_whole = end_of_picture(data) is not None
            # 8 bits, and 1 or 3 components: CMYK needs its colour profile.
            is_common = frame[4:5] == b'\x08' and frame[9:10] in (b'\1', b'\3')
            if not (is_whole and is_common) or data.count(b'\xff\xda') > _MOST_SCANS:
                return None
            return _turned_by(data, exif)
        if marker in _HUFFMAN_FRAMES:
            frame = data[position:end]
        elif marker == 0xE1 and data.startswith(_EXIF, position + 4):
            if exif:
                return None
            exif = data[position + 4 + len(_EXIF) : end]
        elif marker == 0xE2 and _RANGE in data[position:end]:
            return None
        position = end
    return None


def _plain_png(data: bytes) -> PlainParts | None:
    """The pixels alone of a PNG of at most 8 bits that is not animated.

    What decoders do with gamma, orientation or large texts differs between their versions.
    """
    parts: list[bytes] = []
    exif, start, position = b'', 0, len(_PNG)
    while position + 12 <= len(data):
        end = position + 12 + struct.unpack_from('>I', data, position)[0]
        if end > len(data):
            return None
        name, content = data[position + 4 : position + 8], position + 8
        if (name == b'IHDR' and data[content + 8] > 8) or name in (b'acTL', b'cICP'):
            return None
        if data.startswith(_HIDDEN, content):  # EXIF data, say, in a text
            return None
        if name == b'iCCP' and _tells_range(data[content : end - 4]):
            return None
        if name != b'IDAT':  # whose sum OpenCV checks
            typed = memoryview(data)[position + 4 : end - 4]
            if zlib.crc32(typed) != struct.unpack_from('>I', data, end - 4)[0]:
                return None
        if name not in _PIXEL_CHUNKS:
            if name == b'eXIf' and not exif:
                exif = data[content : end - 4]
            parts.append(data[start:position])
            start = end
        position = end
        if name == b'IEND':
            return _turned_by(b''.join([*parts, data[start:]]) if parts else data, exif)
    return None


def _tells_range(profile: bytes) -> bool:
    """Whether a PNG's colour profile is damaged or may be of a high dynamic range."""
    title, _, packed = profile.partition(b'\0')
    try:
        content = zlib.decompressobj().decompress(packed[1:], _MOST_PROFILE)
    except zlib.error:
        return True
    return b'2100' in title or _RANGE in content


def _turned_by(data: bytes, exif: bytes) -> PlainParts | None:
    if exif and not exif.startswith((b'II', b'MM')):
        return None
    return PlainParts(data, orientation_of(exif) if exif else 1)
