"""What cameras append to a JPEG: the video of a motion photo, data of the maker, more pictures."""

from __future__ import annotations

import struct

_BRAND = b'ftyp'
_MOST_BOXES, _MOST_TRIES = 1000, 8
_MOST_BEHIND = 64  # bytes of a mark that some makers put behind the video


def kept_trailer(data: bytes, end: int | None) -> bytes:
    """The part at the end of a file that can be written again behind another picture.

    That is a video, whose place is told from the end of the file on, and the block of data of
    Samsung, which holds a video too. Other pictures, gain maps among them, belong to the picture
    before the change.

    Args:
        data: The file.
        end: Where the first picture ends; None if that is not known.
    """
    block = _start_of_samsung(data)
    if block is not None and block < (end or 0):  # it claims a part of the picture
        block = None
    limit = len(data) if block is None else block
    video = None if end is None else _start_of_video(data, end, limit)
    start = next((place for place in (video, block) if place is not None), None)
    return b'' if start is None else data[start:]


def has_video(trailer: bytes) -> bool:
    """Whether there is a video in what :func:`kept_trailer` gave."""
    return _BRAND in trailer


def left_out(data: bytes, end: int, trailer: bytes) -> bytes:
    """What stands between the first picture and the part that is kept, without padding."""
    return data[end : len(data) - len(trailer)].strip(b'\0\xff\n\r ')


def _start_of_video(data: bytes, start: int, end: int) -> int | None:
    """Where the boxes of an MP4 start that reach to the end."""
    for _ in range(_MOST_TRIES):
        start = data.find(_BRAND, start, end)
        if start < 0:
            return None
        place = start - 4
        for _ in range(_MOST_BOXES):
            if place + 8 > end:
                break
            size = struct.unpack_from('>I', data, place)[0]
            if size == 1 and place + 16 <= end:
                size = struct.unpack_from('>Q', data, place + 8)[0]
            if size < 8:
                break
            place += size
            if end - _MOST_BEHIND <= place <= end:
                return start - 4
        start += 1
    return None


def _start_of_samsung(data: bytes) -> int | None:
    """Where the block of data of Samsung starts: a list at its end tells how far back."""
    if data[-4:] != b'SEFT' or len(data) < 24:
        return None
    head = len(data) - 8 - struct.unpack_from('<I', data, len(data) - 8)[0]
    if head < 0 or data[head : head + 4] != b'SEFH':
        return None
    count = struct.unpack_from('<I', data, head + 8)[0]
    if head + 12 + 12 * count > len(data):
        return None
    back = [struct.unpack_from('<I', data, head + 16 + 12 * at)[0] for at in range(count)]
    start = head - max(back, default=0)
    return start if start > 0 else None
