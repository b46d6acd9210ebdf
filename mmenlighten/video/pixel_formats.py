"""What the name of an arrangement of pixels says of their values."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from av.video.format import VideoFormat

MOST_BITS = 16
"""Of a channel; what has more, such as floating point, is read as 16 bits."""

_GRAY = re.compile(r'(?:gray|ya)(?P<kind>f?)(?P<bits>\d*)(?P<order>le|be)?')


def is_gray(pixels: VideoFormat) -> bool:
    """Whether there is no color; its values then are of full range unless the video says more."""
    return pixels.name in ('monob', 'monow') or _GRAY.fullmatch(pixels.name) is not None


def gray_type(pixels: VideoFormat) -> np.dtype[Any]:
    """The type of the values of gray, as they lie in memory; single bits have none.

    Raises:
        ValueError: It is not gray, or not in bytes.
    """
    match = _GRAY.fullmatch(pixels.name)
    if match is None:
        raise ValueError(f'{pixels.name} holds no gray values in bytes')
    kind, size = match['kind'] or 'u', (int(match['bits'] or 8) + 7) // 8
    return np.dtype(f'{">" if match["order"] == "be" else "<"}{kind}{size}')


def is_rgb(pixels: VideoFormat) -> bool:
    """Whether FFmpeg makes RGB of it by itself: RGB, palettes, raw sensors, X'Y'Z' of cinemas.

    The range of all of these is full.
    """
    return pixels.is_rgb or pixels.has_palette or pixels.name.startswith('xyz')


def bit_depth(pixels: VideoFormat) -> int:
    """Bits of a channel as it is read, 8 to 16."""
    return min(max(8, *(component.bits for component in pixels.components)), MOST_BITS)


def is_told_full(pixels: VideoFormat) -> bool:
    """Whether the name says that YUV is of full range, as that of Motion JPEG does."""
    return pixels.name.startswith('yuvj')
