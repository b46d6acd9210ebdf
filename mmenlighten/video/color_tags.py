"""What a video says about its colours, by tags and by the name of its pixels' format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from .video_error import VideoError

UNKNOWN = 2
"""Of primaries, transfer and matrix, as ITU-T H.273 numbers them."""

BT709 = 1
FULL_RANGE = 2
LIMITED_RANGE = 1
HIGH_DYNAMIC_RANGE = {16: 'PQ', 18: 'HLG'}
"""Transfer characteristics that the networks know nothing of."""

LUMA_WEIGHTS = {
    1: (0.2126, 0.7152, 0.0722),
    4: (0.30, 0.59, 0.11),
    5: (0.299, 0.587, 0.114),
    6: (0.299, 0.587, 0.114),
    7: (0.212, 0.701, 0.087),
    9: (0.2627, 0.6780, 0.0593),
}
"""Weights of R, G and B in luma, by the numbers that H.273 gives to matrices."""

BT601 = 6
LINES_OF_HD = 720
"""Videos with fewer lines that report no matrix use that of BT.601, others BT.709."""


@dataclass(frozen=True)
class ColorTags:
    """What a video says about its colours, by the numbers of ITU-T H.273.

    Args:
        primaries: Colours of the three lights.
        transfer: From values to light.
        matrix: From RGB to YUV.
        value_range: 1 for limited range, 2 for full range, 0 if it is not reported.
    """

    primaries: int = UNKNOWN
    transfer: int = UNKNOWN
    matrix: int = UNKNOWN
    value_range: int = 0

    @classmethod
    def of(cls, frame: VideoFrame, context: VideoCodecContext) -> ColorTags:
        """Reads the tags of a frame, or where it has none, those of the stream.

        Raises:
            VideoError: The colours cannot be converted.
        """
        if is_rgb(frame.format):
            return cls(_known(frame.color_primaries), _known(frame.color_trc), BT709, LIMITED_RANGE)
        tags = cls(
            _known(frame.color_primaries, context.color_primaries),
            _known(frame.color_trc, context.color_trc),
            _known(frame.colorspace, context.colorspace),
            _value_range(frame, context),
        )
        if tags.transfer in HIGH_DYNAMIC_RANGE:
            raise VideoError(
                f'it has a high dynamic range ({HIGH_DYNAMIC_RANGE[tags.transfer]}), for which no '
                'model was trained. Convert it to standard dynamic range before.'
            )
        if tags.matrix not in (*LUMA_WEIGHTS, UNKNOWN):
            raise VideoError(f'its color matrix {tags.matrix} is unknown. Convert it before.')
        return tags


def _value_range(frame: VideoFrame, context: VideoCodecContext) -> int:
    if is_full_range_by_name(frame.format):
        return FULL_RANGE
    reported = frame.color_range or context.color_range
    # As everywhere in FFmpeg: of two wrong guesses, this one loses no shadows.
    return reported or (FULL_RANGE if is_gray(frame.format) else 0)


def luma_weights(tags: ColorTags, height: int) -> tuple[float, float, float]:
    """Weights of R, G and B in luma.

    Args:
        tags: Of the video.
        height: Lines of the video, which decide where nothing is reported, as in players.
    """
    by_size = BT709 if height >= LINES_OF_HD else BT601
    return LUMA_WEIGHTS[by_size if tags.matrix == UNKNOWN else tags.matrix]


def _known(*tags: int) -> int:
    """The first that is known."""
    return next((int(tag) for tag in tags if tag not in (0, UNKNOWN)), UNKNOWN)


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


def is_full_range_by_name(pixels: VideoFormat) -> bool:
    """Whether the name says that YUV is of full range, as that of Motion JPEG does."""
    return pixels.name.startswith('yuvj')
