"""Photoshop's blocks of metadata, which hold IPTC data, and a small version of the picture."""

from __future__ import annotations

import struct

_START = b'8BIM'
_THUMBNAILS = (1033, 1036)


def without_thumbnails(blocks: bytes) -> bytes:
    """The blocks without those that show the picture before the change.

    Args:
        blocks: Resource blocks one after the other; what does not follow the format stays.
    """
    parts, position = [], 0
    while blocks.startswith(_START, position) and position + 12 <= len(blocks):
        number, name_length = struct.unpack_from('>HB', blocks, position + 4)
        sized = position + 6 + (1 + name_length + 1) // 2 * 2
        if sized + 4 > len(blocks):
            break
        size = struct.unpack_from('>I', blocks, sized)[0]
        end = sized + 4 + size + size % 2
        if end > len(blocks) + 1:
            break
        if number not in _THUMBNAILS:
            parts.append(blocks[position:end])
        position = end
    return b''.join([*parts, blocks[position:]])
