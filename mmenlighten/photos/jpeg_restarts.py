"""Restart markers of a JPEG, from which a lost piece of it can be told."""

from __future__ import annotations

import re

from .jpeg_segments import FRAMES, JpegSegment, scan_codes

_RESTART = re.compile(rb'\xff[\xd0-\xd7]')
_INTERVAL = 0xDD
_BLOCK = 8


def lacks_restarts(data: bytes, segments: list[JpegSegment]) -> bool:
    """Whether a scan has fewer restart markers than its size and its interval demand.

    Args:
        data: The file.
        segments: Those of the file.
    """
    frame = next((item.body for item in segments if item.mark in FRAMES), b'')
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        return False
    intervals = [
        (item.start, int.from_bytes(item.body[:2], 'big'))
        for item in segments
        if item.mark == _INTERVAL
    ]
    for scan, start, end in scan_codes(data, segments):
        interval = [blocks for place, blocks in intervals if place < scan.start][-1:]
        if interval and interval[0]:
            expected = -(-_blocks(frame, scan.body) // interval[0]) - 1
            if len(_RESTART.findall(data, start, end)) < expected:
                return True
    return False


def _blocks(frame: bytes, scan: bytes) -> int:
    """Number of the units of a scan that intervals are counted in."""
    height, width = int.from_bytes(frame[1:3], 'big'), int.from_bytes(frame[3:5], 'big')
    factors = {frame[at]: divmod(frame[at + 1], 16) for at in range(6, 6 + 3 * frame[5], 3)}
    most = [max(1, *(pair[way] for pair in factors.values())) for way in (0, 1)]
    if scan[:1] == b'\x01':  # a single channel counts its own blocks, without those beyond
        own = factors.get(scan[1], (1, 1)) if len(scan) > 1 else (1, 1)
        sides = -(-width * own[0] // most[0]), -(-height * own[1] // most[1])
        return -(-sides[0] // _BLOCK) * -(-sides[1] // _BLOCK)
    return -(-width // (_BLOCK * most[0])) * -(-height // (_BLOCK * most[1]))
