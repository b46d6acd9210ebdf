"""Decodes the frames of a video, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from av.video.frame import VideoFrame

from .opening import open_video, picture_stream
from .video_error import VideoError
from .video_info import VideoInfo


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
    delay = 0
    with open_video(path) as container:
        stream = picture_stream(container)
        for index, frame in enumerate(container.decode(stream)):
            if frame.pts is None or (last is not None and frame.pts <= last):
                raise VideoError(
                    f'its frame {index + 1} has no time or one before that of the last. '
                    'Repair it, for example with `ffmpeg -i IN -c copy OUT`.'
                )
            last = frame.pts
            if index == 0 and info.muxer == 'avi':
                # It stores no times, only an order, from which those of B-frames come out late.
                delay = min(frame.pts, stream.codec_context.reorder_depth)
            if (frame.width, frame.height) != (info.width, info.height):
                raise VideoError(
                    f'its frames change their size from {info.width}x{info.height} to '
                    f'{frame.width}x{frame.height}. Split it before.'
                )
            if index >= skip:
                frame.pts -= delay
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
