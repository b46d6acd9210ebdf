"""Small videos with what cameras, recorders and editors put into them."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.stream import Disposition

from .clips import make_clip, pictures, tone

MILLISECONDS = Fraction(1, 1000)
CLOCK = 90_000
"""Ticks of a second in MPEG."""

_BLOCK = rb'\xa3(?:[\x81-\xfe]|[\x40-\x7f][\0-\xff])%b([\0-\xff]{2})[\0\x80]'


def moved_blocks(path: Path, track: int, numbers: range, milliseconds: int) -> Path:
    """A Matroska file in which packets of a track, by their numbers, have other times."""
    data = bytearray(path.read_bytes())
    found = list(re.finditer(_BLOCK % bytes([0x80 + track]), data))
    for number in numbers:
        start, end = found[number].span(1)
        time = int.from_bytes(data[start:end], 'big', signed=True) + milliseconds
        data[start:end] = time.to_bytes(2, 'big', signed=True)
    path.write_bytes(data)
    return path


def with_timecode(path: Path, **options: Any) -> Path:
    return make_clip(path, metadata={'timecode': '01:00:00:00'}, steps=[24], **options)


def with_telemetry(path: Path) -> Path:
    """A track of data such as that of action cameras, made of one of sound."""
    data = make_clip(path, audio='aac').read_bytes()
    handler = data.index(b'soun')
    entry = data.index(b'mp4a', data.index(b'stsd', handler))
    data = data[:handler] + b'meta' + data[handler + 4 : entry] + b'gpmd' + data[entry + 4 :]
    path.write_bytes(data)
    return path


def with_cover(path: Path) -> Path:
    plain = make_clip(path.with_name(f'plain{path.suffix}'), audio='aac', time_base=MILLISECONDS)
    with av.open(str(plain)) as source, av.open(str(path), 'w') as result:
        copies = [result.add_stream_from_template(s, opaque=True) for s in source.streams]
        cover = result.add_stream('mjpeg', rate=25)
        cover.width, cover.height, cover.pix_fmt = 16, 16, 'yuvj420p'
        cover.disposition = Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), 'rgb24')
        frame = frame.reformat(format='yuvj420p')
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        result.start_encoding()
        result.mux(cover.encode(frame))
        for packet in source.demux():
            if packet.size:
                packet.stream = copies[packet.stream_index]
                result.mux(packet)
    plain.unlink()
    return path


def with_two_pictures(path: Path) -> Path:
    with av.open(str(path), 'w') as container:
        streams = [container.add_stream('libx264', rate=25) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        for index, picture in enumerate(pictures(6)):
            frame = av.VideoFrame.from_ndarray(picture, 'rgb24')
            frame.pts, frame.time_base = index, Fraction(1, 25)
            for stream in streams:
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


def with_silence(path: Path, codec: str) -> Path:
    """A track of sound without packets."""
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=25, options={'bf': '0'})
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        container.add_stream(codec, rate=48000)
        for index, picture in enumerate(pictures(6)):
            frame = av.VideoFrame.from_ndarray(picture, 'rgb24')
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_broadcast(path: Path, start: int = CLOCK, of_192_bytes: bool = False) -> Path:
    """An MPEG transport stream with sound, of 20 frames with B-frames.

    Args:
        path: Of the result.
        start: The first time, in ticks of the clock.
        of_192_bytes: Whether its packets are those of camcorders.
    """
    options = {'mpegts_copyts': '1', 'mpegts_m2ts_mode': str(int(of_192_bytes))}
    with av.open(str(path), 'w', format='mpegts', container_options=options) as container:
        stream = container.add_stream('libx264', rate=25, options={'bf': '2'})
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        stream.time_base = stream.codec_context.time_base = Fraction(1, CLOCK)
        sound = container.add_stream('mp2', rate=48000)
        for index, picture in enumerate(pictures(20)):
            frame = av.VideoFrame.from_ndarray(picture, 'rgb24')
            frame.pts, frame.time_base = start + index * 3600, Fraction(1, CLOCK)
            container.mux(stream.encode(frame))
            samples = tone(index)
            samples.pts = start * 48000 // CLOCK + index * 1600
            container.mux(sound.encode(samples))
        container.mux(stream.encode(None))
        container.mux(sound.encode(None))
    return path


def make_program_stream(path: Path, format_name: str, sound_codec: str) -> Path:
    """MPEG-2 as on a DVD."""
    with av.open(str(path), 'w', format=format_name) as container:
        stream = container.add_stream('mpeg2video', rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
        sound = container.add_stream(sound_codec, rate=48000)
        for index, picture in enumerate(pictures(12)):
            frame = av.VideoFrame.from_ndarray(picture, 'rgb24')
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
            container.mux(sound.encode(tone(index)))
        container.mux(stream.encode(None))
        container.mux(sound.encode(None))
    return path
