"""By which encoder, and how, a video is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from av.format import ContainerFormat
from av.video.codeccontext import VideoCodecContext

from .inspection import VideoInfo

QUALITY = {'libx264': 18, 'libx265': 20, 'libvpx-vp9': 24}
"""The encoders' constant rate factors at which a loss is hard to see."""

THREADS = {'libx264': 1, 'libx265': 4, 'libvpx-vp9': 4}
"""Of the encoders, wherever they run; of several, that of H.264 makes other files now and then."""

HOLDS_HEVC = ('mp4', 'mov', 'matroska', 'mpegts')
"""Kinds of files in which players look for HEVC."""

NEEDS_GLOBAL_HEADER = 0x40
"""The flag of a kind of file that keeps the head of the video stream in a place of its own."""

GLOBAL_HEADER = 1 << 22
BIT_EXACT = 1 << 23
"""Flags of an encoder."""


@dataclass(frozen=True)
class EncoderSettings:
    """By which encoder, and how, a video is written.

    There are no frames that lie between others (B-frames): each is stored in the order in which
    it is shown, so that every kind of file holds the exact times. It takes some percent of size.

    Args:
        codec: FFmpeg's name of the encoder.
        pixel_format: FFmpeg's name of the arrangement of pixels.
        bit_depth: Of a channel.
        options: Of the encoder.
        tag: What the file calls the codec; empty for what is usual.
    """

    codec: str
    pixel_format: str
    bit_depth: int
    options: dict[str, str] = field(default_factory=dict)
    tag: str = ''

    @classmethod
    def choose(cls, info: VideoInfo) -> EncoderSettings:
        """H.264 for 8 bits, HEVC for more, VP9 in WebM; color is as fine as it was, or finer."""
        chroma = {(2, 2): '420', (2, 1): '422'}.get(info.chroma, '444')
        if info.muxer != 'webm' and (info.width % 2 or info.height % 2):
            chroma = '444'  # the encoders share no color between pixels of odd sizes
        if info.muxer == 'webm':
            codec, options = 'libvpx-vp9', {'b': '0', 'deadline': 'good', 'cpu-used': '3'}
        elif info.bit_depth > 8 and info.muxer in HOLDS_HEVC:
            codec = 'libx265'
            # What it notes of itself in the file names the processor.
            parameters = f'bframes=0:frame-threads=1:pools={THREADS[codec]}:info=0:log-level=error'
            options = {'preset': 'fast', 'x265-params': parameters}
        else:
            # The noise of the dark is kept: coded more coarsely, its brightness would flicker.
            codec, options = 'libx264', {'preset': 'medium', 'bf': '0', 'tune': 'grain'}
        options['crf'] = str(QUALITY[codec])
        depth = 10 if codec == 'libx265' else 8
        is_quicktime = codec == 'libx265' and info.muxer in ('mp4', 'mov')
        return cls(
            codec,
            f'yuv{chroma}p' + ('10le' if depth == 10 else ''),
            depth,
            options,
            'hvc1' if is_quicktime else '',
        )

    def configure(self, context: VideoCodecContext, info: VideoInfo) -> None:
        """Sets up an encoder; all that are set up so write pieces of one stream."""
        context.width, context.height = info.width, info.height
        context.pix_fmt = self.pixel_format
        context.time_base = info.time_base
        context.framerate = info.rate
        context.thread_count = THREADS[self.codec]
        context.max_b_frames = 0
        if info.pixel_aspect is not None:
            context.sample_aspect_ratio = info.pixel_aspect
        context.color_primaries = info.colors.primaries
        context.color_trc = info.colors.transfer
        context.colorspace = info.colors.matrix
        context.color_range = info.colors.value_range
        context.options = dict(self.options)
        if self.tag:
            context.codec_tag = self.tag
        flags = context.flags | BIT_EXACT
        if ContainerFormat(info.muxer, 'w').flags & NEEDS_GLOBAL_HEADER:
            flags |= GLOBAL_HEADER
        context.flags = flags
