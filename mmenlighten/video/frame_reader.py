"""Decodes the frames of a video, one after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame

from .opening import open_video, picture_stream
from .video_error import VideoError
from .video_info import VideoInfo

LEAST_SHARE = 0.9
"""Of frames that must come out of the decoder, which leaves out damaged ones."""


def read_frames(path: Path, info: VideoInfo, skip: int = 0) -> Iterator[VideoFrame]:
    """Decodes the frames of a video, one after the other.

    Frames that are skipped are decoded too: frames after them then are what they would have been.

    Args:
        path: The file.
        info: What is known of it.
        skip: So many frames at the start are left out.

    Raises:
        VideoError: It is damaged.
    """
    last: int | None = None
    count = 0
    with open_video(path) as container:
        for count, frame in enumerate(_timed_frames(container, info), 1):
            if frame.pts is None or (last is not None and frame.pts <= last):
                raise VideoError(
                    f'its frame {count} has no time or one before that of the last. '
                    'Repair it, for example with `ffmpeg -i IN -c copy OUT`.'
                )
            last = frame.pts
            if (frame.width, frame.height) != (info.width, info.height):
                raise VideoError(
                    f'its frames change their size from {info.width}x{info.height} to '
                    f'{frame.width}x{frame.height}. Split it before.'
                )
            if count > skip:
                yield frame
    if count < LEAST_SHARE * info.frames:
        raise VideoError(f'only {count} of its {info.frames} frames can be decoded. Copy it again.')


def _timed_frames(container: InputContainer, info: VideoInfo) -> Iterator[VideoFrame]:
    stream = picture_stream(container)
    if info.muxer != 'avi':
        yield from container.decode(stream)
        return
    # An AVI tells in which order packets are decoded, and not when frames are shown, which FFmpeg
    # can only guess where the two differ. But the places in time are the same, and in order.
    times: deque[int | None] = deque()
    for packet in container.demux(stream):
        if packet.size:
            times.append(packet.dts)
        for frame in packet.decode():
            frame.pts = times.popleft() if times else None
            yield frame


def read_key_frames(path: Path, info: VideoInfo) -> Iterator[VideoFrame]:
    """Decodes only the frames of a video that need no others, which is fast.

    Raises:
        VideoError: It is damaged.
    """
    with open_video(path) as container:
        stream = picture_stream(container)
        stream.codec_context.skip_frame = 'NONKEY'
        for frame in container.decode(stream):
            if (frame.width, frame.height) == (info.width, info.height):
                yield frame
