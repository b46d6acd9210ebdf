"""Opens videos for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from mmenlighten.utils.file_kinds import recognise_file

from .containers import DEMUXERS, head_of
from .video_error import VideoError

DECODING_THREADS = 2


@contextmanager
def open_video(path: Path) -> Iterator[InputContainer]:
    """Opens a video.

    Raises:
        VideoError: It is none, or it is damaged, also if this shows while it is open.
    """
    options = dict(protocol_whitelist='file', format_whitelist=DEMUXERS)
    # The prefix: a name with a colon in it is no address.
    with reading():
        try:
            container = av.open(
                f'file:{path}', 'r', container_options=options, metadata_errors='replace'
            )
        except av.FFmpegError:
            kind = recognise_file(head_of(path), path.name)
            if kind is None or kind.group == 'video':
                raise
            raise VideoError(kind.refusal('video')) from None
        with container:
            yield container


@contextmanager
def reading() -> Iterator[None]:
    """Takes errors of FFmpeg for damage.

    Raises:
        VideoError: There was one.
    """
    try:
        yield
    except av.FFmpegError as error:
        raise VideoError(
            f'it is damaged, or no video that can be read ({error.strerror}). Copy it again.'
        ) from error


def picture_stream(container: InputContainer) -> VideoStream:
    """The first stream of moving pictures, ready to be decoded.

    Raises:
        VideoError: There is none, or none that can be decoded.
    """
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        if stream.codec_context is None:
            raise VideoError('its codec is unknown. Convert it to H.264 before.')
        stream.thread_type = 'AUTO'
        stream.codec_context.thread_count = DECODING_THREADS
        return stream
    raise VideoError('it has no moving pictures. Give a video that has.')
