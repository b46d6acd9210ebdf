"""Between the frames of a video and upright pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Interpolation, VideoReformatter

from .channels import weighted_sum
from .color_tags import FULL_RANGE, gray_type, is_gray, is_rgb, luma_weights
from .encoder_settings import EncoderSettings
from .inspection import VideoInfo

# In the same way on every processor.
SCALING = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


class FrameConversion:
    """Between the frames of a video and upright pictures.

    FFmpeg only resamples the color planes; the matrix is computed here, in floating point. With
    ``Kr, Kg, Kb`` the luma weights that the video has, or that players assume if it has none
    (ITU-T H.273)::

        Y = Kr R + Kg G + Kb B,  U = (B - Y) / (2 - 2 Kb),  V = (R - Y) / (2 - 2 Kr)

    and of 8 bits, Y is stored as ``16 + 219 Y`` and U as ``128 + 224 U``, in full range as
    ``255 Y`` and ``128 + 255 U``. The values of R, G and B are taken for sRGB, as screens show
    them.

    Args:
        info: Of the video.
        settings: How it is written.
    """

    def __init__(self, info: VideoInfo, settings: EncoderSettings) -> None:
        self.info = info
        self.settings = settings
        red, green, blue = luma_weights(info.colors, info.height)
        to_yuv = np.array([[red, green, blue]] * 3)
        to_yuv[1:] = (
            ([0, 0, 1] - to_yuv[0]) / (2 - 2 * blue),
            ([1, 0, 0] - to_yuv[0]) / (2 - 2 * red),
        )
        self._to_yuv, self._to_rgb = to_yuv, np.linalg.inv(to_yuv)
        is_full = info.colors.value_range == FULL_RANGE
        self._range = ColorRange.JPEG if is_full else ColorRange.MPEG
        # One for each direction: they work in threads of their own.
        self._reader, self._writer = VideoReformatter(), VideoReformatter()

    def to_picture(self, frame: VideoFrame) -> np.ndarray:
        """A frame as float32 RGB (H, W, 3), sRGB with white at 1, upright.

        Values that YUV can hold and RGB cannot are clamped.
        """
        if is_rgb(frame.format):
            is_deep = self.info.bit_depth > 8
            frame = self._reader.reformat(frame, format='rgb48le' if is_deep else 'rgb24')
            picture = frame.to_ndarray() / np.float32(65535 if is_deep else 255)
        else:
            offset, scale = self._levels(self.info.bit_depth)
            yuv = (self._planes(frame).astype(np.float32) - offset) / scale
            picture = np.clip(_mixed(yuv, self._to_rgb), 0, 1)
        return np.rot90(picture, self.info.turns)

    def to_frame(self, picture: np.ndarray, pts: int) -> VideoFrame:
        """A picture, as :meth:`to_picture` gives it, as a frame for the encoder."""
        depth = self.settings.bit_depth
        offset, scale = self._levels(depth)
        stored = np.clip(np.rot90(picture, -self.info.turns), 0, 1)
        values = np.rint(_mixed(stored, self._to_yuv) * scale + offset)
        values = np.clip(values, 0, 2**depth - 1).astype(np.uint8 if depth == 8 else np.uint16)
        frame = VideoFrame(self.info.width, self.info.height, _full_color(depth))
        for index, plane in enumerate(frame.planes):
            _fill(plane, values[..., index])
        frame = self._reformatted(self._writer, frame, self.settings.pixel_format)
        frame.color_primaries = self.info.colors.primaries
        frame.color_trc = self.info.colors.transfer
        frame.colorspace = self.info.colors.matrix
        frame.color_range = self.info.colors.value_range
        frame.pts, frame.time_base = pts, self.info.time_base
        return frame

    def _levels(self, depth: int) -> tuple[np.ndarray, np.ndarray]:
        """Stored values of black without color, and between black and white, of Y, U and V."""
        unit, white = 2 ** (depth - 8), 2**depth - 1
        if self._range == ColorRange.JPEG:
            offset, scale = (0, 128 * unit, 128 * unit), (white, white, white)
        else:
            offset = (16 * unit, 128 * unit, 128 * unit)
            scale = (219 * unit, 224 * unit, 224 * unit)
        return np.asarray(offset, np.float32), np.asarray(scale, np.float32)

    def _planes(self, frame: VideoFrame) -> np.ndarray:
        """Stored values of Y, U and V, (H, W, 3)."""
        depth = self.info.bit_depth
        if is_gray(frame.format):
            luma = self._gray(frame)
            neutral = np.full_like(luma, 2 ** (depth - 1))
            return np.stack([luma, neutral, neutral], -1)
        frame = self._reformatted(self._reader, frame, _full_color(depth))
        dtype = np.dtype(np.uint8 if depth == 8 else np.uint16)
        return np.stack([_values(plane, dtype) for plane in frame.planes], -1)

    def _gray(self, frame: VideoFrame) -> np.ndarray:
        """Stored values of gray, (H, W), without transparency."""
        if frame.format.name.startswith('mono'):  # single bits
            frame = self._reader.reformat(frame, format='gray')
        dtype = gray_type(frame.format)
        channels = 2 if frame.format.name.startswith('ya') else 1
        values = _values(frame.planes[0], dtype, channels)
        if dtype.kind == 'u' and dtype.itemsize <= 2:
            return values
        # Floating point has white at 1; of 32 bits, white is the largest number.
        white = 1 if dtype.kind == 'f' else 2**32 - 1
        return values.astype(np.float64) * ((2**self.info.bit_depth - 1) / white)

    def _reformatted(
        self, reformatter: VideoReformatter, frame: VideoFrame, name: str
    ) -> VideoFrame:
        return reformatter.reformat(
            frame,
            format=name,
            src_color_range=self._range,
            dst_color_range=self._range,
            interpolation=SCALING,
            threads=1,
        )


def _mixed(values: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return np.stack([weighted_sum(values, row) for row in matrix], -1)


def _full_color(depth: int) -> str:
    return 'yuv444p' if depth == 8 else f'yuv444p{depth}le'


def _values(plane: VideoPlane, dtype: np.dtype[Any], channels: int = 1) -> np.ndarray:
    """The first of the channels that lie side by side in a plane, (H, W)."""
    rows = np.frombuffer(memoryview(plane), dtype).reshape(plane.height, -1)
    return rows[:, : plane.width * channels : channels]


def _fill(plane: VideoPlane, values: np.ndarray) -> None:
    rows = np.zeros((plane.height, plane.line_size // values.itemsize), values.dtype)
    rows[:, : plane.width] = values
    plane.update(rows.tobytes())
