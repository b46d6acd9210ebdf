"""Encodes a piece of a video by itself."""

from __future__ import annotations

from typing import Any, cast

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from .encoder_settings import EncoderSettings
from .inspection import VideoInfo
from .segment import PacketRecord, Segment
from .video_error import VideoError


class SegmentEncoder:
    """Encodes a piece of a video by itself, so that it does not depend on others.

    Args:
        info: Of the video.
        settings: How it is written.
    """

    def __init__(self, info: VideoInfo, settings: EncoderSettings) -> None:
        self._context = cast(VideoCodecContext, av.CodecContext.create(settings.codec, 'w'))
        settings.configure(self._context, info)
        self._durations: dict[int, int] = {}
        self._packets: list[PacketRecord] = []
        self.frames = 0

    def add(self, frame: VideoFrame, duration: int) -> None:
        """Encodes the next frame.

        Args:
            frame: Its pixels and time.
            duration: For how long it is shown; 0 if it is not known.

        Raises:
            VideoError: The encoder refuses it.
        """
        assert frame.pts is not None
        self.frames += 1
        self._durations[frame.pts] = duration
        self._keep(frame)

    def finish(self, state: dict[str, Any]) -> Segment:
        """The piece.

        Args:
            state: What is to be kept with it.

        Raises:
            VideoError: The encoder fails.
        """
        self._keep(None)
        return Segment(self.frames, state, self._packets)

    def _keep(self, frame: VideoFrame | None) -> None:
        try:
            packets = self._context.encode(frame)
        except av.FFmpegError as error:
            raise VideoError(f'FFmpeg cannot encode its frames ({error.strerror}).') from error
        for packet in packets:
            assert packet.pts is not None
            duration = self._durations.get(packet.pts, 0)
            self._packets.append(
                PacketRecord(packet.pts, duration, packet.is_keyframe, bytes(packet))
            )
