"""Pixels that a JPEG lacks although it has an end marker.

Where the code of a scan ends too early, decoders fill the rest with gray, without a word.
"""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import Image, ImageChops, JpegImagePlugin

from .jpeg_restarts import lacks_restarts
from .jpeg_segments import JpegSegment, scan_codes

_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_RESTART = re.compile(rb'\xff[\xd0-\xd7]')
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
