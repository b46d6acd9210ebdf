"""What is known of a video before its frames are."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from .color_tags import ColorTags


@dataclass(frozen=True)
class VideoInfo:
    """What is known of a video before its frames are.

    Args:
        muxer: FFmpeg's name of the kind of file of the result, such as ``mp4`` and ``matroska``.
        stream: Index of the stream of pictures.
        width: Of the stored frames, in pixels; a player may turn them.
        height: The same.
        time_base: The unit of times, in seconds.
        rate: Frames in a second, on average.
        frames: Number of packets of pictures: of frames, or a little more, or of fields.
        bit_depth: Of a channel.
        chroma: Pixels that share their color: ``(2, 2)`` for 4:2:0, ``(1, 1)`` for 4:4:4.
        colors: What it says about its colours.
        pixel_aspect: Width of a pixel in units of its height; None if it is not told.
        turns: Quarter turns, counter-clockwise, after which the stored frames are upright.
        matrix: The nine numbers by which a player turns and flips; None if it does not.
        is_interlaced: Whether a frame holds two fields.
    """

    muxer: str
    stream: int
    width: int
    height: int
    time_base: Fraction
    rate: Fraction
    frames: int
    bit_depth: int
    chroma: tuple[int, int]
    colors: ColorTags
    pixel_aspect: Fraction | None = None
    turns: int = 0
    matrix: tuple[int, ...] | None = None
    is_interlaced: bool = False
