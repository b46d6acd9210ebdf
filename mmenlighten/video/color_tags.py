"""What a video says about its colours."""

from __future__ import annotations

from dataclasses import dataclass

from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from .pixel_formats import is_gray, is_rgb, is_told_full
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
"""Videos with fewer lines that do not tell their matrix use that of BT.601, others BT.709."""


@dataclass(frozen=True)
class ColorTags:
    """What a video says about its colours, by the numbers of ITU-T H.273.

    Args:
        primaries: Colours of the three lights.
        transfer: From values to light.
        matrix: From RGB to YUV.
        value_range: 1 for limited range, 2 for full range, 0 if it is not told.
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
    if is_told_full(frame.format):
        return FULL_RANGE
    told = frame.color_range or context.color_range
    # As everywhere in FFmpeg: of two wrong guesses, this one loses no shadows.
    return told or (FULL_RANGE if is_gray(frame.format) else 0)


def luma_weights(tags: ColorTags, height: int) -> tuple[float, float, float]:
    """Weights of R, G and B in luma.

    Args:
        tags: Of the video.
        height: Lines of the video, which decide where nothing is told, as in players.
    """
    by_size = BT709 if height >= LINES_OF_HD else BT601
    return LUMA_WEIGHTS[by_size if tags.matrix == UNKNOWN else tags.matrix]


def _known(*tags: int) -> int:
    """The first that tells something."""
    return next((int(tag) for tag in tags if tag not in (0, UNKNOWN)), UNKNOWN)
