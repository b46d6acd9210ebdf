"""Tells plain JPEG and PNG files, and leaves away what decoders read in different ways."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from mmenlighten.photos.jpeg_end import end_of_picture
from mmenlighten.photos.jpeg_segments import may_hold
from mmenlighten.photos.upright import orientation_of

_JPEG, _PNG = b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n'
SIGNATURES = (_JPEG, _PNG)
"""How the files begin that :func:`plain_parts` may know."""

BLOCK = 8
"""Pixels on a side of what a JPEG is coded in."""

_EXIF = b'Exif\0\0'
_RANGE, _HIDDEN = b'cicp', b'Raw profile type '
_MOST_PROFILE = 1 << 20
_HUFFMAN_FRAMES, _PROGRESSIVE_FRAME = (0xC0, 0xC1, 0xC2), b'\xc2'
_MOST_SCANS = 100  # encoders write about ten; a small file of a thousand takes minutes to decode
_PIXEL_CHUNKS = (b'IHDR', b'PLTE', b'IDAT', b'IEND')


class JpegCode(NamedTuple):
    """How the code of a JPEG is divided.

    Attributes:
        unit: Height and width in pixels of the units that are coded one after the other.
        restart_interval: Units in each piece of the code; 0 if it is in one piece.
    """

    unit: tuple[int, int]
    restart_interval: int


class PlainParts(NamedTuple):
    """A file that holds pixels of a plain kind, and how they are turned for display.

    Attributes:
        data: The file.
        orientation: As in EXIF data.
        code: Of a JPEG.
    """

    data: bytes
    orientation: int
    code: JpegCode | None = None


def plain_parts(data: bytes) -> PlainParts | None:
    """What OpenCV is to decode of an ordinary JPEG or PNG of 8 bits; None for every other file."""
    if data.startswith(_JPEG):
        return _plain_jpeg(data)
    return _plain_png(data) if data.startswith(_PNG) else None


def _plain_jpeg(data: bytes) -> PlainParts | None:
    """A whole gray or colour JPEG with at most one piece of EXIF data, as it is."""
    exif, frame, interval, position = b'', b'', 0, 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # padding
            position += 1
            continue
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], 'big')
        if marker == 0xDA:  # start of the picture, after thumbnails and the like
            is_whole = end_of_picture(data) is not None
            # 8 bits, and 1 or 3 components: CMYK needs its colour profile.
            is_common = frame[4:5] == b'\x08' and frame[9:10] in (b'\1', b'\3')
            if frame[1:2] == _PROGRESSIVE_FRAME:
                is_common &= data.count(b'\xff\xda', position) <= _MOST_SCANS
            else:  # all components in one scan
                is_common &= data[position + 4 : position + 5] == frame[9:10]
            if not (is_whole and is_common and may_hold(len(data), frame[4:])):
                return None
            return _turned_by(data, exif, JpegCode(_unit(frame), interval))
        if marker in _HUFFMAN_FRAMES:
            frame = data[position:end]
        elif marker == 0xDD:
            interval = int.from_bytes(data[position + 4 : position + 6], 'big')
        elif marker == 0xE2 and _RANGE in data[position:end]:
            return None
        elif marker == 0xE1 and data.startswith(_EXIF, position + 4):
            if exif:
                return None
            exif = data[position + 4 + len(_EXIF) : end]
        position = end
    return None


def _unit(frame: bytes) -> tuple[int, int]:
    if frame[9] == 1:
        return BLOCK, BLOCK
    factors = [divmod(factor, 16) for factor in frame[11::3]]
    return BLOCK * max(down for _, down in factors), BLOCK * max(along for along, _ in factors)


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


def _turned_by(data: bytes, exif: bytes, code: JpegCode | None = None) -> PlainParts | None:
    if exif and not exif.startswith((b'II', b'MM')):
        return None
    return PlainParts(data, orientation_of(exif) if exif else 1, code)
