"""Finds out, before the work, which streams of a video the result can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from av.stream import Stream

from .encoder_settings import EncoderSettings
from .frame_conversion import FrameConversion
from .frame_times import FrameTimes
from .inspection import VideoInfo
from .muxing import MAKES_TRACKS, NullFile, StreamChoice, UnwritableError, mux_video
from .opening import open_video
from .segment import PacketRecord
from .segment_encoder import SegmentEncoder
from .video_error import VideoError

KINDS = ('audio', 'video', 'subtitle', 'attachment', 'data')
"""Of streams, the most needed first."""


@dataclass(frozen=True)
class StreamPlan:
    """What the result holds, and what is noted of the rest.

    Args:
        choice: What is copied.
        notes: What could not be kept or was mended, each a message without a full stop.
    """

    choice: StreamChoice
    notes: list[str]


def plan_streams(
    source: Path,
    info: VideoInfo,
    settings: EncoderSettings,
    packets: Callable[[], Iterable[PacketRecord]],
) -> StreamPlan:
    """Writes the whole result for a trial, without keeping it, and leaves out what is in the way.

    Not every stream that is read in a kind of file can be written in it, and of some this shows
    only with their packets or at the end of the file.

    Args:
        source: The video.
        info: Of it.
        settings: By which the pictures are encoded.
        packets: Makes packets with the times of the pictures, of any content.

    Raises:
        VideoError: It is damaged, or cannot be written even without all else that it holds.
    """
    kinds, made = _other_streams(source, info)
    everything = frozenset(kinds)
    notes: list[str] = []

    def fault(choice: StreamChoice) -> Exception | None:
        try:
            notes[:] = mux_video(source, NullFile(), info, settings, packets(), choice)
        except (UnwritableError, ValueError) as error:
            return error
        return None

    for keeps_timecode in (True, False) if made else (True,):
        choice = StreamChoice(made, keeps_timecode)
        if (error := fault(choice)) is None:
            break
        nothing = StreamChoice(made | everything, keeps_timecode)
        if kinds and (error := fault(nothing)) is None:
            choice = _most_of(kinds, nothing, lambda choice: fault(choice) is None)
            break
    else:
        raise VideoError(f'FFmpeg cannot write it ({error}).')
    missing = sorted(choice.left_out - made)
    left_out = [f'its stream {index} ({kinds[index]}) could not be kept' for index in missing]
    if not choice.keeps_timecode:
        left_out.append('its timecode could not be kept')
    return StreamPlan(choice, left_out + notes)


def _most_of(
    kinds: dict[int, str], nothing: StreamChoice, can_be: Callable[[StreamChoice], bool]
) -> StreamChoice:
    """All streams that can be written alone, less those that are least needed until it works."""
    choice = nothing
    for index in kinds:
        if can_be(nothing.with_stream(index)):
            choice = choice.with_stream(index)
    by_need = sorted(kinds, key=lambda index: (_rank(kinds[index]), index))
    while not can_be(choice):
        choice = choice.without_stream(
            [index for index in by_need if index not in choice.left_out][-1]
        )
    return choice


def _other_streams(source: Path, info: VideoInfo) -> tuple[dict[int, str], frozenset[int]]:
    """Kinds of all streams that are copied, and those that the writer makes by itself."""
    with open_video(source) as container:
        made = frozenset(
            stream.index
            for stream in container.streams
            if info.muxer in MAKES_TRACKS
            and stream.type == 'data'
            and (
                _is_timecode(stream, container.streams[info.stream])
                or _holds_chapters(stream, container.chapters())
            )
        )
        kinds: dict[int, str] = {
            stream.index: stream.type or 'unknown'
            for stream in container.streams
            if stream.index != info.stream and stream.index not in made
        }
    return kinds, made


def _is_timecode(stream: Stream, pictures: Stream) -> bool:
    return 'timecode' in stream.metadata and 'timecode' in pictures.metadata


def _holds_chapters(stream: Stream, chapters: Sequence[Any]) -> bool:
    """Whether a track names the chapters, which the file has at another place too."""
    if stream.frames != len(chapters) or not (chapters and stream.duration and stream.time_base):
        return False
    first, last = chapters[0], chapters[-1]
    lasts = last['end'] * last['time_base'] - first['start'] * first['time_base']
    return bool(stream.duration * stream.time_base == lasts)


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)


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
