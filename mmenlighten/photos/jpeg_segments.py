"""The segments of which a JPEG file consists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN, SAVE_AGAIN, ReadBudget

START_OF_SCAN = 0xDA
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_END, _WITHOUT_LENGTH = 0xD9, (0x01, 0xD8)
MARKER = re.compile(rb'\xff[^\x00\xff\xd0-\xd7]')  # that is no part of the code of pixels
_MAX_SEGMENTS = 1 << 15  # metadata of 2 GB would fit into them
_MAX_SCANS, _MAX_SCANNED = 100, 4_000_000_000  # real files have at most 20, and 10 as a rule
_PIXELS_PER_BYTE, _FEW_PIXELS = 1024, 1 << 20  # at least a bit for a block in Huffman's code
_HUFFMAN = frozenset(range(0xC0, 0xC8))
_PROFILE = b'ICC_PROFILE\0'


@dataclass(frozen=True)
class JpegSegment:
    """A marker and what belongs to it.

    Attributes:
        mark: The second byte of the marker.
        start: Where the marker starts.
        body: The content, without its length.
    """

    mark: int
    start: int
    body: bytes

    @property
    def name(self) -> str:
        """``APP0`` to ``APP15`` for metadata, else empty."""
        return f'APP{self.mark - 0xE0}' if 0xE0 <= self.mark <= 0xEF else ''


def jpeg_segments(data: bytes, budget: ReadBudget) -> list[JpegSegment]:
    """All segments up to the end marker, those between and behind the scans too.

    Where something else stands between two of them, the next marker is searched, as decoders do.

    Raises:
        DamagedPhotoError: There are countless segments, or so many scans that decoding them would
            take minutes: each goes through the whole picture.
    """
    return list(_segments(data, budget))


def check_length(data: bytes, segments: list[JpegSegment]) -> None:
    """Refuses a file that is far too short for the size that it claims.

    Raises:
        DamagedPhotoError: Most of its pixels are missing. Decoders would fill gigabytes with gray.
    """
    if any(
        item.mark in FRAMES & _HUFFMAN and not may_hold(len(data), item.body) for item in segments
    ):
        raise DamagedPhotoError(f'the file ends before the picture does. {COPY_AGAIN}')


def may_hold(file_size: int, frame: bytes) -> bool:
    """Whether so many bytes can be the code of a picture in Huffman's code.

    Args:
        file_size: Bytes of the file.
        frame: The content of the segment that tells the size of the picture.
    """
    height, width = int.from_bytes(frame[1:3], 'big'), int.from_bytes(frame[3:5], 'big')
    return height * width <= _PIXELS_PER_BYTE * file_size + _FEW_PIXELS


def bare_jpeg(data: bytes, segments: list[JpegSegment]) -> bytes:
    """The file without metadata that decoders would look into, but with the colour profile."""
    scan = next((item.start for item in segments if item.mark == START_OF_SCAN), len(data))
    parts = [data[:2]]
    for item in segments:
        is_used = item.mark in (0xE0, 0xEE) or item.body.startswith(_PROFILE)
        if item.start < scan and (not item.name or is_used):
            length = (len(item.body) + 2).to_bytes(2, 'big')
            parts.append(b'\xff' + bytes([item.mark]) + length + item.body)
    return b''.join([*parts, data[scan:]])


def scan_codes(data: bytes, segments: list[JpegSegment]) -> list[tuple[JpegSegment, int, int]]:
    """Scans, with the start and the end of their code."""
    result = []
    for item in segments:
        if item.mark == START_OF_SCAN:
            start = item.start + 4 + len(item.body)
            found = MARKER.search(data, start)
            result.append((item, start, found.start() if found else len(data)))
    return result


def _segments(data: bytes, budget: ReadBudget) -> Iterator[JpegSegment]:
    position, count, scans, pixels = 2, 0, 0, 0
    while found := MARKER.search(data, position):
        position, mark = found.end(), data[found.end() - 1]
        if mark == _END:
            return
        if mark in _WITHOUT_LENGTH:
            continue
        length = max(int.from_bytes(data[position : position + 2], 'big'), 2)
        body = data[position + 2 : position + length]
        position += length
        if mark in FRAMES:
            sides = int.from_bytes(body[1:3], 'big'), int.from_bytes(body[3:5], 'big')
            pixels = max(pixels, sides[0] * sides[1])
        count, scans = count + 1, scans + (mark == START_OF_SCAN)
        if count > _MAX_SEGMENTS or (scans > _MAX_SCANS and scans * pixels > _MAX_SCANNED):
            what = f'{_MAX_SEGMENTS} segments' if count > _MAX_SEGMENTS else f'{scans - 1} scans'
            raise DamagedPhotoError(
                f'it has more than {what}, which would take minutes to decode. {SAVE_AGAIN}'
            )
        budget.check_time()
        yield JpegSegment(mark, found.start(), body)
