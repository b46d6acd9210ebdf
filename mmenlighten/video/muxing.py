"""Puts the finished pieces of a video together with all else that the source holds."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from .containers import head_of, is_of_192_bytes
from .copied_times import CopiedTimes
from .encoder_settings import EncoderSettings
from .inspection import VideoInfo
from .opening import open_video, reading
from .segment import PacketRecord

OWN_TAGS = ('encoder', 'major_brand', 'minor_version', 'compatible_brands', 'duration')
"""What a file says about how it is written, which is not true of the result."""

BIT_EXACT = 0x400
"""The flag of a file: nothing random, no date, no version is written into it."""

MAY_REPEAT_TIMES = 0x20000
"""The flag of a kind of file in which two packets of a stream may have the same time."""

MAKES_TRACKS = ('mov', 'mp4')
"""Kinds of files for which FFmpeg makes the tracks of timecode and of chapters by itself."""

MOST_TICKS = 2**31 - 1


class UnwritableError(Exception):
    """A trial shows that a kind of file does not take one of the streams."""


Timed = tuple[Fraction, int, Packet]
"""When a packet is due in seconds, a number that orders equal times, and the packet."""


def mux_video(
    source: Path,
    target: Path | NullFile,
    info: VideoInfo,
    settings: EncoderSettings,
    packets: Iterable[PacketRecord],
    choice: StreamChoice,
) -> list[str]:
    """Writes pictures from packets, and other streams packet by packet from the source.

    Args:
        source: The video that was enhanced.
        target: What is written.
        info: Of the source.
        settings: By which the pictures were encoded.
        packets: Of the pictures, in order.
        choice: What else is written.

    Returns:
        What was mended, each a message without a full stop.

    Raises:
        VideoError: The source is damaged.
        OSError: The result cannot be written.
        UnwritableError, ValueError: This kind of file does not take one of the streams.
    """
    with open_video(source) as original:
        options = _options(original, info, source)
        with _open_result(target, info, options) as result:
            result.flags |= BIT_EXACT
            copies: dict[int, Stream] = {}
            for stream in original.streams:
                if stream.index == info.stream:
                    pictures = _add_pictures(stream, result, info, settings, choice)
                elif stream.index not in choice.left_out:
                    copies[stream.index] = _add_copy(stream, result)
            result.metadata.update(_true_tags(original.metadata))
            result.set_chapters(original.chapters())
            # Writes the head of the file: no stream, tag or chapter can be added any more.
            result.start_encoding()
            may_repeat = bool(result.format.flags & MAY_REPEAT_TIMES)
            times = {
                index: CopiedTimes(original.streams[index], copy, may_repeat)
                for index, copy in copies.items()
            }
            # In the order of their times, or FFmpeg would hold the packets of one stream back until
            # those of the others come.
            timed = heapq.merge(
                _encoded(packets, pictures, info.time_base), _copied(original, copies, times)
            )
            for _, _, packet in timed:
                result.mux_one(packet)
    return [note for index in times if (note := times[index].note())]


@contextmanager
def _open_result(
    target: Path | NullFile, info: VideoInfo, options: dict[str, str]
) -> Iterator[OutputContainer]:
    is_trial = isinstance(target, NullFile)
    # `file:`, or a colon in a name would be taken for the protocol of an address.
    file = target if is_trial else f'file:{target}'
    try:
        with av.open(file, 'w', format=info.muxer, container_options=options) as result:
            yield result
    except av.FFmpegError as error:
        if is_trial:
            raise UnwritableError(error.strerror) from error
        raise OSError(error.errno, error.strerror) from error  # for example a full disk


def _options(original: InputContainer, info: VideoInfo, source: Path) -> dict[str, str]:
    """Times as exact as they were, and tags that only Apple and Android know."""
    if info.muxer == 'mpegts':
        return {'mpegts_m2ts_mode': str(int(is_of_192_bytes(head_of(source))))}
    if info.muxer not in ('mp4', 'mov', '3gp', '3g2'):
        return {}
    options: dict[str, str] = {}
    if info.time_base.numerator == 1:
        # Else FFmpeg takes a unit of its own, in which times of the source need not be whole.
        options['video_track_timescale'] = str(info.time_base.denominator)
    # In these units it is written when a stream begins; by the least common multiple exactly.
    bases = [stream.time_base for stream in original.streams if stream.time_base]
    ticks = lcm(*(base.denominator for base in bases))
    if ticks <= MOST_TICKS:
        options['movie_timescale'] = str(ticks)
    if any(name.startswith('com.') for name in original.metadata):
        # Else FFmpeg drops names such as com.apple.quicktime.make.
        options['movflags'] = 'use_metadata_tags'
    return options


def _add_pictures(
    source: Stream,
    result: OutputContainer,
    info: VideoInfo,
    settings: EncoderSettings,
    choice: StreamChoice,
) -> VideoStream:
    stream = cast(VideoStream, result.add_stream(settings.codec, rate=info.rate))
    settings.configure(stream.codec_context, info)
    stream.time_base = info.time_base
    stream.disposition = source.disposition
    stream.metadata.update(_true_tags(source.metadata))
    if not choice.keeps_timecode:
        stream.metadata.pop('timecode', None)
    # A video of a telephone is stored as the sensor lies, and turned by this matrix when shown.
    if info.matrix is not None:
        stream.set_display_matrix(info.matrix)
    return stream


def _add_copy(source: Stream, result: OutputContainer) -> Stream:
    codec = source.codec_context
    is_mp3 = codec is not None and codec.name in ('mp3', 'mp3float')
    if is_mp3 and result.format.name == 'avi':
        stream = _add_mp3(cast(AudioStream, source), result)
    else:
        # Opaque: the parameters are copied, and FFmpeg need not have an encoder for the codec.
        stream = result.add_stream_from_template(source, opaque=True)
    stream.disposition = source.disposition
    stream.metadata.update(_true_tags(source.metadata))
    return stream


def _add_mp3(source: AudioStream, result: OutputContainer) -> Stream:
    """As an encoder would: of what an AVI says of MP3, FFmpeg would make a wrong length."""
    context = source.codec_context
    stream = result.add_stream('libmp3lame', rate=context.sample_rate)
    stream.codec_context.layout = context.layout
    stream.codec_context.bit_rate = context.bit_rate or 0
    stream.time_base = source.time_base
    return stream


def _true_tags(tags: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if name.lower() not in OWN_TAGS}


def _encoded(packets: Iterable[PacketRecord], stream: Stream, unit: Fraction) -> Iterator[Timed]:
    for number, record in enumerate(packets):
        packet = Packet(record.data)
        packet.stream, packet.time_base = stream, unit
        # Pieces have no B frames: frames are decoded in the order in which they are shown.
        packet.pts = packet.dts = record.pts
        packet.duration = record.duration
        packet.is_keyframe = record.is_key
        # Even numbers here, odd ones for copies: they order equal times, before packets, which
        # cannot be compared, are.
        yield record.pts * unit, 2 * number, packet


def _demuxed(original: InputContainer, streams: list[Stream]) -> Iterator[Packet]:
    with reading():
        yield from original.demux(streams)


def _copied(
    original: InputContainer, copies: dict[int, Stream], times: dict[int, CopiedTimes]
) -> Iterator[Timed]:
    if not copies:
        return
    streams = [original.streams[index] for index in copies]
    for number, packet in enumerate(_demuxed(original, streams)):
        if packet.dts is None and packet.pts is None and not packet.size:  # the end of a stream
            continue
        index = packet.stream_index
        # FFmpeg refuses times that go back, which broken sources have.
        due = times[index].mend(packet)
        packet.stream = copies[index]
        yield due, 2 * number + 1, packet


@dataclass(frozen=True)
class StreamChoice:
    """Which streams of a video its result holds: all but some.

    Args:
        left_out: Indices of streams.
        keeps_timecode: Whether the timecode of the pictures is written.
    """

    left_out: frozenset[int] = frozenset()
    keeps_timecode: bool = True

    def with_stream(self, index: int) -> StreamChoice:
        """The same, and this stream."""
        return replace(self, left_out=self.left_out - {index})

    def without_stream(self, index: int) -> StreamChoice:
        """The same, but for this stream."""
        return replace(self, left_out=self.left_out | {index})


class NullFile:
    """A file that keeps nothing of what is written into it, but knows its place and length."""

    def __init__(self) -> None:
        self.place = self.length = 0

    def write(self, data: bytes) -> int:
        """Goes on by the length of the data."""
        self.place += len(data)
        self.length = max(self.length, self.place)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place, as in any file."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.length}[whence]
        self.place = start + offset
        return self.place

    def tell(self) -> int:
        """The place."""
        return self.place
