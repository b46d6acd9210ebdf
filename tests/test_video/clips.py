"""Small videos of many kinds, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

WIDTH, HEIGHT = 64, 48


def pictures(count: int, width: int = WIDTH, height: int = HEIGHT) -> list[np.ndarray]:
    """Dark frames, of which each is another."""
    rng = np.random.default_rng(0)
    base = rng.integers(0, 60, (height // 8 + 1, width // 8 + 1, 3), np.uint8)
    base = base.repeat(8, 0).repeat(8, 1)[:height, :width]
    return [np.roll(base, 2 * index, axis=1) for index in range(count)]


def make_clip(
    path: Path,
    frames: int | Sequence[np.ndarray] = 12,
    codec: str = 'libx264',
    pixel_format: str = 'yuv420p',
    time_base: Fraction = Fraction(1, 600),
    steps: Sequence[int] = (20, 33, 20, 7),
    start: int = 0,
    audio: str = '',
    turned: int = 0,
    tags: dict[str, int] | None = None,
    aspect: Fraction | None = None,
    subtitles: bool = False,
    attachment: bool = False,
    metadata: dict[str, str] | None = None,
    chapters: bool = False,
    is_streamable: bool = False,
    **options: Any,
) -> Path:
    """Writes a clip of variable frame rate, by default with B-frames."""
    shown = pictures(frames) if isinstance(frames, int) else frames
    layout = {'movflags': 'faststart'} if is_streamable else {}
    with av.open(str(path), 'w', container_options=layout) as container:
        stream = container.add_stream(
            codec, rate=25, options={k: str(v) for k, v in options.items()}
        )
        stream.width, stream.height = shown[0].shape[1], shown[0].shape[0]
        stream.pix_fmt, stream.time_base = pixel_format, time_base
        stream.codec_context.time_base = time_base
        stream.codec_context.gop_size = 10
        for name, value in (tags or {}).items():
            setattr(stream.codec_context, name, value)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if turned:
            stream.set_display_rotation(turned)
        sound = container.add_stream(audio, rate=48000) if audio else None
        container.metadata.update(metadata or {})
        if attachment:
            container.add_attachment('font.ttf', 'application/x-truetype-font', b'no font')
        kind = 'subrip' if path.suffix == '.mkv' else 'mov_text'
        lines = container.add_mux_stream(kind) if subtitles else None
        if chapters:
            whole = dict(id=1, start=0, end=200, time_base=Fraction(1, 1000))
            container.set_chapters([dict(whole, metadata={'title': 'Night'})])
        pts = start
        for index, picture in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(picture, format='rgb24')
            frame.pts, frame.time_base = pts, time_base
            pts += steps[index % len(steps)]
            container.mux(stream.encode(frame))
            if sound is not None:
                container.mux(sound.encode(tone(index)))
        container.mux(stream.encode(None))
        if sound is not None:
            container.mux(sound.encode(None))
        if lines is not None:
            packet = av.Packet(b'dark' if path.suffix == '.mkv' else b'\0\4dark')
            packet.stream, packet.time_base = lines, Fraction(1, 1000)
            packet.pts = packet.dts = 40
            packet.duration = 100
            container.mux(packet)
    return path


def tone(index: int) -> av.AudioFrame:
    times = np.arange(1600) + index * 1600
    wave = (np.sin(times / 20) * 0.3).astype(np.float32)[None].repeat(2, 0)
    frame = av.AudioFrame.from_ndarray(wave, format='fltp', layout='stereo')
    frame.sample_rate, frame.pts, frame.time_base = 48000, index * 1600, Fraction(1, 48000)
    return frame


def frames_of(path: Path) -> list[av.VideoFrame]:
    with av.open(str(path)) as container:
        return list(container.decode(container.streams.video[0]))


def times_of(path: Path) -> list[Fraction]:
    """When the frames of a video are shown."""
    return [frame.pts * frame.time_base for frame in frames_of(path)]


def other_packets(path: Path) -> list[tuple[Any, ...]]:
    """All that is not in the first stream of pictures, and when it is due."""
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.index]
        return [
            (packet.stream_index, packet.pts, packet.dts, bytes(packet))
            for packet in (container.demux(streams) if streams else ())
        ]
