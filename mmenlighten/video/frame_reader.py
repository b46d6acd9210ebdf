"""Decodes the frames of a video, one after the other."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame

from .frame_times import FrameTimes
from .inspection import VideoInfo
from .opening import open_video, picture_stream
from .video_error import VideoError

LEAST_SHARE = 0.9
"""Of frames that must come out of the decoder, which leaves out damaged ones."""

LEAST_SHARE_OF_BROADCAST = 0.5
"""It may begin between key frames, and have gaps where the reception was bad."""

MOST_SECONDS = 1
"""Of disorder in times that is mended."""


def survey_frames(path: Path, info: VideoInfo) -> FrameTimes:
    """Decodes all frames once, to know their times, and that the work can be done to its end.

    It takes a small share of the time of enhancing them.

    Raises:
        VideoError: Too few can be decoded, they change their size, or their times are in too much
            disorder to be mended.
    """
    reported: list[int | None] = []
    durations = array('q')
    with open_video(path) as container:
        for frame in _timed_frames(container, info):
            _check_size(frame, info)
            reported.append(frame.pts)
            durations.append(max(frame.duration or 0, 0))
    least = LEAST_SHARE_OF_BROADCAST if info.muxer == 'mpegts' else LEAST_SHARE
    # Two packets may hold the two fields of a frame.
    if not reported or len(reported) < least * info.frames / (2 if info.is_interlaced else 1):
        raise VideoError(
            f'only {len(reported)} of its {info.frames} frames can be decoded. Copy it again.'
        )
    times = FrameTimes.mend(reported, durations, max(1, round(1 / (info.rate * info.time_base))))
    seconds = float(times.disorder * info.time_base)
    if seconds > MOST_SECONDS:
        raise VideoError(
            f'the times of its frames are in disorder by {seconds:.1f} seconds, from frame '
            f'{times.disorder_frame} on. Repair it, for example with `ffmpeg -i IN -c copy OUT`.'
        )
    return times


def read_frames(
    path: Path, info: VideoInfo, times: FrameTimes, skip: int = 0
) -> Iterator[VideoFrame]:
    """Decodes the frames of a video, one after the other, each with its time.

    Frames that are skipped are decoded too: frames after them then are what they would have been.

    Args:
        path: The file.
        info: What is known of it.
        times: Of :func:`survey_frames`.
        skip: So many frames at the start are left out.

    Raises:
        VideoError: It has changed meanwhile.
    """
    count = 0
    with open_video(path) as container:
        for frame in _timed_frames(container, info):
            if count == len(times):
                break
            _check_size(frame, info)
            if count >= skip:
                frame.pts, frame.duration = times.times[count], times.durations[count]
                yield frame
            count += 1
    if count != len(times):
        raise VideoError(f'only {count} of its {len(times)} frames could be decoded again.')


def _check_size(frame: VideoFrame, info: VideoInfo) -> None:
    if (frame.width, frame.height) != (info.width, info.height):
        raise VideoError(
            f'its frames change their size from {info.width}x{info.height} to '
            f'{frame.width}x{frame.height}. Split it before.'
        )


def _timed_frames(container: InputContainer, info: VideoInfo) -> Iterator[VideoFrame]:
    stream = picture_stream(container)
    if info.muxer != 'avi':
        yield from container.decode(stream)
        return
    # An AVI says in which order packets are decoded, and not when frames are shown, which FFmpeg
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
