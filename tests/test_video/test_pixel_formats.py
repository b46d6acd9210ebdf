"""Arrangements of pixels whose range is implied: levels in are levels out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mmenlighten.video.color_tags import ColorTags, gray_type
from mmenlighten.video.encoder_settings import EncoderSettings
from mmenlighten.video.frame_conversion import FrameConversion
from mmenlighten.video.frame_reader import read_frames, survey_frames
from mmenlighten.video.inspection import inspect_video

from .test_frame_conversion import make_info

WIDTH, HEIGHT = 64, 16
RAMP = np.tile(np.arange(WIDTH, dtype=np.uint8), (HEIGHT, 1))
"""Shadows: the 64 darkest of 256 levels."""

GRAY = [
    ('ffv1', 'gray', 'mkv'),
    ('ffv1', 'gray9le', 'mkv'),
    ('ffv1', 'gray10le', 'mkv'),
    ('ffv1', 'gray12le', 'mkv'),
    ('ffv1', 'gray14le', 'mkv'),
    ('ffv1', 'gray16le', 'mkv'),
    ('ffv1', 'ya8', 'mkv'),
    ('rawvideo', 'gray', 'avi'),
    ('png', 'gray', 'mov'),
    ('png', 'gray16be', 'mov'),
    ('png', 'ya8', 'mov'),
    ('png', 'ya16be', 'mov'),
    ('jpeg2000', 'ya16le', 'mov'),
    ('jpeg2000', 'gray12le', 'mov'),
    ('exr', 'grayf32le', 'mov'),
    ('qtrle', 'gray', 'mov'),
    ('targa', 'gray', 'avi'),
]
COLOR = [
    ('ffv1', 'bgr0', 'mkv'),
    ('ffv1', 'bgra', 'mkv'),
    ('ffv1', 'rgb48le', 'mkv'),
    ('ffv1', 'rgba64le', 'mkv'),
    ('ffv1', 'gbrp9le', 'mkv'),
    ('ffv1', 'gbrp10le', 'mkv'),
    ('ffv1', 'gbrp12le', 'mkv'),
    ('ffv1', 'gbrp14le', 'mkv'),
    ('ffv1', 'gbrap16le', 'mkv'),
    ('ffv1', 'yuv420p', 'mkv'),
    ('ffv1', 'yuv422p10le', 'mkv'),
    ('ffv1', 'yuv444p12le', 'mkv'),
    ('ffv1', 'yuv444p16le', 'mkv'),
    ('ffv1', 'yuva444p', 'mkv'),
    ('ffv1', 'yuv440p', 'mkv'),
    ('ffvhuff', 'gbrp', 'avi'),
    ('utvideo', 'gbrap', 'avi'),
    ('utvideo', 'yuv444p', 'avi'),
    ('png', 'rgb24', 'mov'),
    ('png', 'rgb48be', 'mov'),
    ('qtrle', 'argb', 'mov'),
    ('rawvideo', 'bgr24', 'avi'),
    ('r210', 'gbrp10le', 'mov'),
    ('mjpeg', 'yuvj444p', 'avi'),
    ('mjpeg', 'yuvj420p', 'mov'),
]


def make(path: Path, codec: str, pixel_format: str, **tags: Any) -> Path:
    """Two frames of a ramp through the shadows."""
    options = {'qmin': '1', 'qmax': '1'} if codec == 'mjpeg' else {}
    with av.open(str(path), 'w') as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixel_format
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        frame = av.VideoFrame.from_ndarray(RAMP, 'gray')
        if pixel_format == 'grayf32le':  # FFmpeg itself takes it for limited range
            frame = av.VideoFrame.from_ndarray(np.float32(RAMP) / np.float32(255), 'grayf32le')
        elif not pixel_format.startswith(('gray', 'ya')):
            frame = frame.reformat(format='rgb24')
        frame = frame.reformat(format=pixel_format)
        for pts in range(2):
            frame.pts, frame.time_base = pts, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def levels_in_and_out(path: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Levels of 255 of the first picture and of what the encoder gets, and the range it is told."""
    info = inspect_video(path, 10**6)
    settings = EncoderSettings.choose(info)
    conversion = FrameConversion(info, settings)
    picture = conversion.to_picture(next(read_frames(path, info, survey_frames(path, info))))
    frame = conversion.to_frame(picture, 0)
    dtype = np.uint8 if settings.bit_depth == 8 else np.uint16
    luma = np.frombuffer(bytes(frame.planes[0]), dtype).reshape(HEIGHT, -1)[:, :WIDTH]
    unit, white = 2 ** (settings.bit_depth - 8), 2**settings.bit_depth - 1
    shown = luma / white if frame.color_range == 2 else (luma / unit - 16) / 219
    return picture * 255, shown[..., None] * 255, frame.color_range


@pytest.mark.parametrize(('codec', 'pixel_format', 'ending'), GRAY)
def test_gray_is_of_full_range(codec: str, pixel_format: str, ending: str, tmp_path: Path) -> None:
    path = make(tmp_path / f'a.{ending}', codec, pixel_format)
    picture, shown, value_range = levels_in_and_out(path)
    wanted = RAMP[..., None].repeat(3, -1)
    np.testing.assert_allclose(picture, wanted, atol=0.5)
    np.testing.assert_allclose(shown, picture[..., :1], atol=0.7)
    assert value_range == (1 if ending == 'mov' and codec == 'qtrle' else 2)  # read as a palette


@pytest.mark.parametrize(('codec', 'pixel_format', 'ending'), COLOR)
def test_color_keeps_its_levels(codec: str, pixel_format: str, ending: str, tmp_path: Path) -> None:
    path = make(tmp_path / f'a.{ending}', codec, pixel_format)
    picture, shown, value_range = levels_in_and_out(path)
    # FFmpeg, which made the file, rounds some of them down.
    np.testing.assert_allclose(picture, RAMP[..., None].repeat(3, -1), atol=2.2)
    luma = picture @ np.array([[0.299], [0.587], [0.114]])  # of nearly gray pixels
    np.testing.assert_allclose(shown, luma, atol=1.2)
    assert abs((shown - luma).mean()) < 0.1
    assert value_range == (2 if codec == 'mjpeg' else 0 if 'yuv' in pixel_format else 1)


@pytest.mark.parametrize('pixel_format', ['monow', 'monob'])
def test_single_bits_are_black_and_white(pixel_format: str) -> None:
    info = make_info(width=WIDTH, height=HEIGHT, colors=ColorTags(value_range=2), chroma=(2, 2))
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    halves = np.where(RAMP < WIDTH // 2, 0, 255).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(halves, 'gray').reformat(format=pixel_format)
    np.testing.assert_array_equal(
        conversion.to_picture(frame) * 255, halves[..., None].repeat(3, -1)
    )


@pytest.mark.parametrize(
    ('pixel_format', 'dtype'),
    [('gray10be', '>u2'), ('gray16be', '>u2'), ('grayf32be', '>f4'), ('ya16be', '>u2')],
)
def test_the_order_of_bytes_is_told(pixel_format: str, dtype: str) -> None:
    assert gray_type(av.VideoFormat(pixel_format)) == np.dtype(dtype)


@pytest.mark.parametrize('told', [1, 2])
def test_a_range_that_is_told_counts_more_than_one_that_is_implied(
    told: int, tmp_path: Path
) -> None:
    path = make(tmp_path / 'a.mkv', 'ffv1', 'gray', color_range=told)
    picture, _, value_range = levels_in_and_out(path)
    assert value_range == told
    wanted = RAMP if told == 2 else np.clip((RAMP - 16.0) / 219 * 255, 0, 255)
    np.testing.assert_allclose(picture, wanted[..., None].repeat(3, -1), atol=0.01)
