"""JPEG files whose end marker is missing, though all pixels may be there.

Some cameras write their own data, or nothing, where the end marker belongs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageChops, JpegImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .jpeg_gaps import has_gaps
from .jpeg_segments import FRAMES, MARKER, START_OF_SCAN, jpeg_segments
from .read_budget import ReadBudget

_END = b'\xff\xd9'
_BETWEEN_SCANS = frozenset([0xC4, 0xCC, 0xDA, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)])
_FILLING = (b'\x55', b'\xaa', b'\xfe', b'\x93\x2c\x71')
_FILLED_BYTES, _FILLED_RESTARTS = 60, 64


def end_of_picture(data: bytes) -> int | None:
    """Where the end marker of the picture ends; None if it is missing."""
    end = _end_of_scans(data)
    return end + len(_END) if end is not None and data.startswith(_END, end) else None


def load_whole(
    image: JpegImagePlugin.JpegImageFile, data: bytes, budget: ReadBudget
) -> Image.Image:
    """Decodes a JPEG that is opened already, and makes sure that no pixel is missing.

    Without an end marker, the code of every pixel is there if other bits behind it change
    nothing. If some is missing, the decoder takes these in its place, and the last rows come out
    otherwise.

    Raises:
        DamagedPhotoError: Pixels are missing.
        Exception: Whatever Pillow raises for a damaged file.
    """
    end = _end_of_scans(data)
    follows = data[end : end + 2] if end is not None else _END
    # The decoder would take zeros that fill up an incomplete copy for pixels.
    if follows == _END or (follows[1:] and follows[0] == 0xFF and follows[1] in _BETWEEN_SCANS):
        try:
            image.load()
            if follows == _END and has_gaps(image, data, jpeg_segments(data, budget)):
                raise DamagedPhotoError('the file ends before the picture does. Copy it again.')
            return image
        except OSError as error:
            if follows == _END and 'truncated' not in str(error):
                raise
    for whole in _candidates(data, end):
        found = _loaded(whole + _END)
        if all(_is_same(found, _loaded(whole + _filler(whole, byte) + _END)) for byte in _FILLING):
            return found
    raise DamagedPhotoError('the file ends before the picture does. Copy it again.')


def _candidates(data: bytes, end: int | None) -> Iterator[bytes]:
    """The file up to the end of its pixels; many zeros there are padding, one may be code."""
    if end is None:
        return
    bare = data[:end].rstrip(b'\0')
    if bare.endswith(b'\xff'):  # the zero behind it belongs to it
        bare += b'\0'
    yield bare
    if end - len(bare) == 1:
        yield data[:end]


def _filler(code: bytes, filling: bytes) -> bytes:
    """Bits that may be taken for pixels, with the restart markers that are due next."""
    last = max(code.rfind(b'\xff' + bytes([mark])) for mark in range(0xD0, 0xD8))
    due = code[last + 1] - 0xD0 + 1 if last >= 0 else 0
    part = (filling * _FILLED_BYTES)[:_FILLED_BYTES]
    return b''.join(
        part + b'\xff' + bytes([0xD0 + number % 8]) for number in range(due, due + _FILLED_RESTARTS)
    )


def _end_of_scans(data: bytes) -> int | None:
    """Where the code of the last pixel must have ended; None if a scan is missing."""
    position, missing, is_progressive = 2, None, False
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        mark = data[position + 1]
        if mark == 0xFF:  # padding
            position += 1
            continue
        length = int.from_bytes(data[position + 2 : position + 4], 'big')
        body = data[position + 4 : position + 2 + length]
        if mark in FRAMES and len(body) > 6:
            is_progressive = mark in (0xC2, 0xCA)
            names = body[6 : 6 + 3 * body[5] : 3]
            missing = dict.fromkeys(names, (1 << 64) - 1 if is_progressive else 1)
        position += 2 + length
        if mark != START_OF_SCAN:
            continue
        if not missing or len(body) < 4:
            return None
        _take_scan(body, missing, is_progressive)
        found = MARKER.search(data, position)
        position = found.start() if found else len(data)
        if not any(missing.values()):
            return position
    return None


def _take_scan(body: bytes, missing: dict[int, int], is_progressive: bool) -> None:
    """Strikes out the coefficients, one bit each, that a scan brings to full precision."""
    count = body[0]
    first, last, precision = (*body[1 + 2 * count : 4 + 2 * count], 0, 0, 0)[:3]
    if precision & 15:
        return
    taken = (1 << (last + 1)) - (1 << first) if is_progressive else 1
    for name in body[1 : 1 + 2 * count : 2]:
        missing[name] = missing.get(name, 0) & ~taken


def _loaded(data: bytes) -> JpegImagePlugin.JpegImageFile:
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    image.load()
    return image


def _is_same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None
