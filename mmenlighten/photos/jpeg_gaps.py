"""Pixels that a JPEG lacks although it has an end marker.

Where the code of a scan ends too early, decoders fill the rest with gray, without a word.
"""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image, ImageChops, JpegImagePlugin

from .jpeg_segments import FRAMES, JpegSegment, scan_codes

_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_RESTART = re.compile(rb'\xff[\xd0-\xd7]')
_INTERVAL = 0xDD
_BLOCK = 8
_NOISE = bytes.fromhex('932c715ac60f8be43d17a25069d84b1e')


def has_gaps(image: Image.Image, data: bytes, segments: list[JpegSegment]) -> bool:
    """Whether a decoded JPEG holds pixels for which there was no code.

    Restart markers are counted. Then noise is put behind the code of each scan and before each
    restart marker. A decoder that has all pixels skips it; one that lacks some takes it for code,
    and gives another picture. This is done only where blocks are as gray as the filling, or the
    picture is progressive, where later scans may lie over it.

    Args:
        image: The decoded picture.
        data: The file, or the part of it from which ``image`` was decoded.
        segments: Those of ``data``.
    """
    if lacks_restarts(data, segments):
        return True
    is_progressive = any(item.mark in _PROGRESSIVE for item in segments)
    if not is_progressive and not _has_gray_blocks(image):
        return False
    noisy = JpegImagePlugin.JpegImageFile(io.BytesIO(_with_noise(data, segments)))
    noisy.load()
    return ImageChops.difference(image, noisy).getbbox() is not None


def _has_gray_blocks(image: Image.Image) -> bool:
    """Whether a block has the light of the filling; its colour may be mixed with those beside."""
    light = np.asarray(image.getchannel(1) if image.mode == 'CMYK' else image.convert('L'))
    is_gray = abs(light[::8, ::8].astype(np.int16) - 128) <= 2
    for top, left in ((3, 3), (7, 0), (0, 7), (7, 7)):  # blocks at the edges may be cut
        part = abs(light[top::8, left::8].astype(np.int16) - 128) <= 2
        is_gray[: part.shape[0], : part.shape[1]] &= part
    return bool(is_gray.any())


def _with_noise(data: bytes, segments: list[JpegSegment]) -> bytes:
    parts, done = [], 0
    for _, start, end in scan_codes(data, segments):
        code = _RESTART.sub(lambda restart: _NOISE + restart[0], data[start:end])
        parts += [data[done:start], code, _NOISE]
        done = end
    return b''.join([*parts, data[done:]])


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
