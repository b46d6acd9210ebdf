"""The boxes of HEIC, AVIF and JPEG XL files, as far as decoders do not tell what is in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

_MOST_BOXES = 1 << 12  # real files have a few dozen
_META = 1 << 20  # bytes of the box that describes the pictures; real ones have some thousand


def boxes(data: bytes, start: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Yields the name of each box, and where its content begins and ends."""
    for _ in range(_MOST_BOXES):
        if start + 8 > len(data):
            return
        size, name = struct.unpack_from('>I4s', data, start)
        head = 8
        if size == 1 and start + 16 <= len(data):
            size, head = struct.unpack_from('>Q', data, start + 8)[0], 16
        end = len(data) if size == 0 else min(start + size, len(data))
        if size and size < head:
            return
        yield name, start + head, end
        start = end


def coded_colours(data: bytes) -> tuple[int, int] | None:
    """Primaries and transfer curve by the numbers of ITU-T H.273, where a HEIC or AVIF tells them.

    It is those of the first picture, which is the photograph itself as a rule.
    """
    for name, begin, end in boxes(data):
        if name == b'meta':
            place = data.find(b'colrnclx', begin, min(end, begin + _META))
            if 0 <= place <= end - 12:
                return struct.unpack_from('>HH', data, place + 8)
    return None
