"""Reads through a video once, before the work, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from .color_tags import ColorTags, bit_depth, is_gray, is_rgb
from .containers import head_of, muxer_for
from .opening import open_video, picture_stream
from .video_error import VideoError


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
        pixel_aspect: Width of a pixel in units of its height; None if it is not reported.
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


MISSING_SECONDS = 0.25
MISSING_SHARE = 0.001
"""A video is cut off if more than both is missing at its end; durations are not exact."""

MOST_BOXES = 100_000
"""Outer boxes of an MP4 that are looked at; a hostile one could have millions."""

FALLBACK_RATE = Fraction(25)


def inspect_video(path: Path, max_pixels: int) -> VideoInfo:
    """Finds out what a video is, and reads through it, so that damage shows before the work.

    Raises:
        VideoError: It is none, damaged, cut off, of too many pixels, or of a high dynamic range.
    """
    with open_video(path) as container:
        stream = picture_stream(container)
        frame = _first_frame(container, stream, max_pixels)
        frames = _check_packets(path, stream.index)
        assert stream.time_base is not None
        return VideoInfo(
            muxer=_muxer(container, path),
            stream=stream.index,
            width=frame.width,
            height=frame.height,
            time_base=stream.time_base,
            rate=stream.average_rate or stream.guessed_rate or FALLBACK_RATE,
            frames=frames,
            bit_depth=bit_depth(frame.format),
            chroma=_chroma(frame),
            colors=ColorTags.of(frame, stream.codec_context),
            pixel_aspect=stream.sample_aspect_ratio or None,
            turns=round(frame.rotation / 90) % 4,
            matrix=_matrix(frame),
            is_interlaced=frame.interlaced_frame,
        )


def _first_frame(container: InputContainer, stream: VideoStream, max_pixels: int) -> VideoFrame:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > max_pixels:
        raise VideoError(
            f'its {width}x{height} pixels are more than the limit of {max_pixels / 1e6:g} million. '
            'Raise the limit if you trust the file.'
        )
    for frame in container.decode(stream):
        if frame.width * frame.height > max_pixels:
            raise VideoError('its frames are larger than it says. Copy it again.')
        return frame
    raise VideoError('it has no frames. Copy it again.')


def _check_packets(path: Path, index: int) -> int:
    """Counts the packets with pictures, and makes sure that none is missing at the end."""
    _check_boxes(path)
    ends: dict[int, float] = {}
    count = 0
    with open_video(path) as container:
        for packet in container.demux():
            if packet.is_corrupt and not _is_broadcast(container):
                raise VideoError('it is cut off or damaged. Copy it again.')
            if packet.stream_index == index and packet.size and not packet.is_discard:
                count += 1
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None:
                end = float((time + (packet.duration or 0)) * packet.time_base)
                ends[packet.stream_index] = max(end, ends.get(packet.stream_index, end))
        reported = _reported_end(container)
        missing = reported - max(ends.values(), default=0)
        reported_frames = container.streams[index].frames if container.format.name == 'avi' else 0
    if count < reported_frames - 1:  # that it has ended is all that is known of the end of an AVI
        raise VideoError(f'{reported_frames - count} of its frames are missing. Copy it again.')
    if missing > max(MISSING_SECONDS, MISSING_SHARE * reported):
        raise VideoError(f'its last {missing:.1f} seconds are missing. Copy it again.')
    return count


def _check_boxes(path: Path) -> None:
    """Makes sure that the outer boxes of an MP4 are whole, of which FFmpeg reads halves too."""
    size, place = path.stat().st_size, 0
    with open(path, 'rb') as file:
        for _ in range(MOST_BOXES):
            if place >= size:
                break
            file.seek(place)
            head = file.read(16)
            if place == 0 and head[4:8] not in (b'ftyp', b'moov', b'mdat', b'wide', b'free'):
                return  # another kind of file
            length = int.from_bytes(head[:4], 'big')
            if length == 1:  # a longer number follows
                length = int.from_bytes(head[8:16], 'big')
            if length == 0:  # to the end of the file
                return
            place += max(length, 8)
    if place > size:
        raise VideoError('it is cut off or damaged. Copy it again.')


def _reported_end(container: InputContainer) -> float:
    """When the file says that it ends, in seconds; 0 if it does not say."""
    if container.duration is None or _is_broadcast(container):
        return 0
    return (max(container.start_time or 0, 0) + container.duration) / 1e6


def _is_broadcast(container: InputContainer) -> bool:
    """Whether it may begin and end anywhere, and have gaps where the reception was bad."""
    return container.format.name in ('mpegts', 'mpeg')


def _muxer(container: InputContainer, path: Path) -> str:
    brand = container.metadata.get('major_brand', 'qt  ')
    return muxer_for(container.format.name.split(','), brand, head_of(path))


def _chroma(frame: VideoFrame) -> tuple[int, int]:
    components = frame.format.components
    if is_rgb(frame.format):
        return 1, 1
    if is_gray(frame.format):
        return 2, 2
    chroma = components[1]
    return round(frame.width / chroma.width), round(frame.height / chroma.height)


def _matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    data: Any = frame.side_data  # by number, which its annotation does not know
    for entry in (data[index] for index in range(len(data))):
        if entry.type == Type.DISPLAYMATRIX:
            return struct.unpack('=9i', bytes(entry))
    return None
