"""Puts the finished pieces of a video together with all else that the source holds."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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

from .encoder_settings import EncoderSettings
from .opening import open_video, reading
from .segment import Segment
from .video_error import VideoError
from .video_info import VideoInfo

OWN_TAGS = ('encoder', 'major_brand', 'minor_version', 'compatible_brands', 'duration')
"""What a file says about how it is written, which is not true of the result."""

BIT_EXACT = 0x400
"""The flag of a file: nothing random, no date, no version is written into it."""

MOST_TICKS = 2**31 - 1

Timed = tuple[Fraction, int, Packet]
"""When a packet is due in seconds, a number that tells equal times apart, and the packet."""


def mux_video(
    source: Path,
    target: Path,
    info: VideoInfo,
    settings: EncoderSettings,
    segments: Iterable[Segment],
) -> list[str]:
    """Writes pictures from pieces, and all other streams packet by packet from the source.

    Args:
        source: The video that was enhanced.
        target: What is written, of the same kind.
        info: Of the source.
        settings: By which the pieces were encoded.
        segments: The pieces, in order.

    Returns:
        What could not be kept, each in a sentence without a full stop.

    Raises:
        VideoError: The source is damaged.
        OSError: The result cannot be written.
    """
    left_out: list[int] = []
    while True:
        notes: list[str] = []
        with open_video(source) as original:
            options = _options(original, info)
            with _open_result(target, info, options) as result:
                result.flags |= BIT_EXACT
                copies: dict[int, Stream] = {}
                for stream in original.streams:
                    if stream.index == info.stream:
                        pictures = _add_pictures(stream, result, info, settings)
                    elif stream.index not in left_out:
                        _add_copy(stream, result, copies, notes)
                    else:
                        notes.append(_sentence_of_left_out(stream))
                result.metadata.update(_true_tags(original.metadata))
                result.set_chapters(original.chapters())
                try:
                    result.start_encoding()
                except (av.FFmpegError, ValueError) as error:
                    # Not every stream that is read in a kind of file can be written in it.
                    if not copies:
                        raise VideoError(f'FFmpeg cannot write it ({error}).') from error
                    left_out.append(_least_needed(original, copies))
                    continue
                packets = heapq.merge(
                    _encoded(segments, pictures, info.time_base), _copied(original, copies)
                )
                for _, _, packet in packets:
                    result.mux_one(packet)
        return notes


@contextmanager
def _open_result(
    target: Path, info: VideoInfo, options: dict[str, str]
) -> Iterator[OutputContainer]:
    """What goes wrong here is not the fault of the source, but for example of a full disk."""
    try:
        with av.open(f'file:{target}', 'w', format=info.muxer, container_options=options) as result:
            yield result
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error


def _options(original: InputContainer, info: VideoInfo) -> dict[str, str]:
    """Times as exact as they were, and tags that only Apple and Android know."""
    if info.muxer not in ('mp4', 'mov'):
        return {}
    options: dict[str, str] = {}
    if info.time_base.numerator == 1:
        options['video_track_timescale'] = str(info.time_base.denominator)
    # In these units it is written when a stream begins.
    bases = [stream.time_base for stream in original.streams if stream.time_base]
    ticks = lcm(*(base.denominator for base in bases))
    if ticks <= MOST_TICKS:
        options['movie_timescale'] = str(ticks)
    if any(name.startswith('com.') for name in original.metadata):
        options['movflags'] = 'use_metadata_tags'
    return options


def _add_pictures(
    source: Stream, result: OutputContainer, info: VideoInfo, settings: EncoderSettings
) -> VideoStream:
    stream = cast(VideoStream, result.add_stream(settings.codec, rate=info.rate))
    settings.configure(stream.codec_context, info)
    stream.time_base = info.time_base
    stream.disposition = source.disposition
    stream.metadata.update(_true_tags(source.metadata))
    if info.matrix is not None:
        stream.set_display_matrix(info.matrix)
    return stream


def _add_copy(
    source: Stream, result: OutputContainer, copies: dict[int, Stream], notes: list[str]
) -> None:
    try:
        if result.format.name == 'avi' and source.name in ('mp3', 'mp3float'):
            stream = _add_mp3(cast(AudioStream, source), result)
        else:
            stream = result.add_stream_from_template(source, opaque=True)
    except (ValueError, av.FFmpegError):
        notes.append(_sentence_of_left_out(source))
        return
    stream.disposition = source.disposition
    stream.metadata.update(_true_tags(source.metadata))
    copies[source.index] = stream


def _add_mp3(source: AudioStream, result: OutputContainer) -> Stream:
    """As an encoder would: of what an AVI says of MP3, FFmpeg would make a wrong length."""
    context = source.codec_context
    stream = result.add_stream('libmp3lame', rate=context.sample_rate)
    stream.codec_context.layout = context.layout
    stream.codec_context.bit_rate = context.bit_rate
    stream.time_base = source.time_base
    return stream


def _sentence_of_left_out(stream: Stream) -> str:
    return f'its stream {stream.index} ({stream.type}) could not be kept'


def _least_needed(original: InputContainer, copies: dict[int, Stream]) -> int:
    kinds = ('audio', 'video', 'subtitle', 'attachment', 'data')
    return max(
        copies,
        key=lambda index: (
            kinds.index(kind) if (kind := original.streams[index].type) in kinds else len(kinds),
            index,
        ),
    )


def _true_tags(tags: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if name.lower() not in OWN_TAGS}


def _encoded(segments: Iterable[Segment], stream: Stream, unit: Fraction) -> Iterator[Timed]:
    number = 0
    for segment in segments:
        for record in segment.packets:
            packet = Packet(record.data)
            packet.stream, packet.time_base = stream, unit
            packet.pts = packet.dts = record.pts
            packet.duration = record.duration
            packet.is_keyframe = record.is_key
            yield record.pts * unit, 2 * number, packet
            number += 1


def _demuxed(original: InputContainer, streams: list[Stream]) -> Iterator[Packet]:
    with reading():
        yield from original.demux(streams)


def _copied(original: InputContainer, copies: dict[int, Stream]) -> Iterator[Timed]:
    time = Fraction(0)
    if not copies:
        return
    streams = [original.streams[index] for index in copies]
    for number, packet in enumerate(_demuxed(original, streams)):
        ticks = packet.dts if packet.dts is not None else packet.pts
        if ticks is None and not packet.size:  # the end of a stream
            continue
        if ticks is not None:
            time = ticks * packet.time_base
        packet.stream = copies[packet.stream_index]
        yield time, 2 * number + 1, packet
