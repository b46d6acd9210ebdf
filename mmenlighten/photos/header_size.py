"""The size of a photograph as its header tells it, before the file is read."""

from __future__ import annotations

import struct
from collections.abc import Callable

from .damaged_photo_error import DamagedPhotoError
from .jpeg_segments import FRAMES, jpeg_segments
from .png_chunks import SIGNATURE, PngHeader
from .ppm import header_size as ppm_size
from .read_budget import ReadBudget
from .webp import header_size as webp_size

ReadAt = Callable[[int, int], bytes]


def header_size(head: bytes, read_at: ReadAt) -> tuple[int, int] | None:
    """Width and height, or None where they are not told there.

    Args:
        head: The beginning of the file.
        read_at: Gives the bytes at a place, of a number; fewer at the end.
    """
    try:
        if head.startswith(b'\xff\xd8'):
            frames = [
                item.body for item in jpeg_segments(head, ReadBudget()) if item.mark in FRAMES
            ]
            height, width = struct.unpack('>HH', frames[0][1:5]) if frames else (0, 0)
        elif head.startswith(SIGNATURE):
            header = PngHeader.of(head)
            width, height = header.width, header.height
        elif head.startswith((b'II*\0', b'MM\0*')):
            width, height = _tiff_size(head, read_at)
        elif head.startswith(b'BM'):
            width, height = struct.unpack('<ii', head[18:26])
        elif head.startswith(b'RIFF'):
            width, height = webp_size(head)
        else:
            width, height = ppm_size(head)
    except (DamagedPhotoError, struct.error):
        return None
    return (width, abs(height)) if width > 0 and height else None


def _tiff_size(head: bytes, read_at: ReadAt) -> tuple[int, int]:
    order = '<' if head.startswith(b'II') else '>'
    start = struct.unpack_from(f'{order}I', head, 4)[0]
    count = struct.unpack(f'{order}H', read_at(start, 2))[0]
    found: dict[int, int] = {}
    for tag, kind, _, value in struct.iter_unpack(f'{order}HHI4s', read_at(start + 2, 12 * count)):
        if tag in (256, 257) and kind in (3, 4):
            found.setdefault(tag, struct.unpack_from(f'{order}{"HI"[kind - 3]}', value)[0])
    return found.get(256, 0), found.get(257, 0)
