"""Packets of pictures for a trial, before there are pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .encoder_settings import EncoderSettings
from .frame_conversion import FrameConversion
from .frame_times import FrameTimes
from .packet_record import PacketRecord
from .segment_encoder import SegmentEncoder
from .video_info import VideoInfo


def trial_packets(
    info: VideoInfo, settings: EncoderSettings, times: FrameTimes
) -> Iterator[PacketRecord]:
    """Packets of the times that the result will have, each of the same black picture.

    Raises:
        VideoError: The encoder refuses its pictures.
    """
    height, width = (info.height, info.width)[:: -1 if info.turns % 2 else 1]
    black = np.zeros((height, width, 3), np.float32)
    encoder = SegmentEncoder(info, settings)
    encoder.add(FrameConversion(info, settings).to_frame(black, times.times[0]), 0)
    (picture,) = encoder.finish({}).packets
    for time, duration in zip(times.times, times.durations):
        yield PacketRecord(time, duration, True, picture.data)
