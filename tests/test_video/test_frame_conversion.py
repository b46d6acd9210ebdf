"""Colors by the matrix and range that a video tells, upright."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from mmenlighten.video.color_tags import LUMA_WEIGHTS, ColorTags, luma_weights
from mmenlighten.video.encoder_settings import EncoderSettings
from mmenlighten.video.frame_conversion import FrameConversion
from mmenlighten.video.inspection import VideoInfo


def make_info(**changes: object) -> VideoInfo:
    info = VideoInfo('mp4', 0, 20, 12, Fraction(1, 25), Fraction(25), 1, 8, (1, 1), ColorTags())
    return replace(info, **changes)


def make_frame(planes: list[np.ndarray], name: str) -> av.VideoFrame:
    frame = av.VideoFrame(planes[0].shape[1], planes[0].shape[0], name)
    for plane, values in zip(frame.planes, planes):
        rows = np.zeros((plane.height, plane.line_size // values.itemsize), values.dtype)
        rows[:, : values.shape[1]] = values
        plane.update(rows.tobytes())
    frame.pts = 0
    return frame


def planes_of(frame: av.VideoFrame, dtype: type) -> list[np.ndarray]:
    return [
        np.frombuffer(bytes(plane), dtype).reshape(plane.height, -1)[:, : plane.width]
        for plane in frame.planes
    ]


@pytest.mark.parametrize('depth', [8, 10])
@pytest.mark.parametrize('value_range', [0, 1, 2])
@pytest.mark.parametrize('matrix', [1, 6, 9])
def test_values_are_those_of_the_standard_both_ways(
    depth: int, value_range: int, matrix: int
) -> None:
    unit, dtype = 2 ** (depth - 8), np.uint8 if depth == 8 else np.uint16
    rng = np.random.default_rng(0)
    luma = rng.integers(60 * unit, 120 * unit, (12, 20)).astype(dtype)
    chroma = [rng.integers(118 * unit, 138 * unit, (12, 20)).astype(dtype) for _ in range(2)]
    info = make_info(bit_depth=depth, colors=ColorTags(2, 2, matrix, value_range))
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    name = 'yuv444p' if depth == 8 else 'yuv444p10le'
    picture = conversion.to_picture(make_frame([luma, *chroma], name))

    white = 2**depth - 1
    y = luma / white if value_range == 2 else (luma / unit - 16) / 219
    u, v = ((c - 128.0 * unit) / (white if value_range == 2 else 224 * unit) for c in chroma)
    red, green, blue = LUMA_WEIGHTS[matrix]
    r, b = y + (2 - 2 * red) * v, y + (2 - 2 * blue) * u
    expected = np.stack([r, (y - red * r - blue * b) / green, b], -1)
    np.testing.assert_allclose(picture, expected, atol=1e-5)

    back = planes_of(conversion.to_frame(picture, 0), dtype)
    for plane, before in zip(back, [luma, *chroma]):
        np.testing.assert_array_equal(plane, before)


def test_an_untold_matrix_is_that_of_the_size() -> None:
    assert luma_weights(ColorTags(), 1080) == LUMA_WEIGHTS[1]
    assert luma_weights(ColorTags(), 576) == LUMA_WEIGHTS[6]
    assert luma_weights(ColorTags(matrix=6), 1080) == LUMA_WEIGHTS[6]


@pytest.mark.parametrize('name', ['yuv420p', 'yuv422p', 'yuvj420p', 'nv12'])
def test_what_is_not_changed_stays_but_for_color_resampling(name: str) -> None:
    planes = [
        np.random.default_rng(1).integers(40, 200, shape).astype(np.uint8)
        for shape in (
            (12, 20),
            *(((6, 20) if name == 'nv12' else (12 if '422' in name else 6, 10)),) * 2,
        )
    ]
    for chroma in planes[1:]:
        chroma[...] = 120
    full = 2 if 'yuvj' in name else 0
    chroma_size = (2, 1) if '422' in name else (2, 2)
    info = make_info(chroma=chroma_size, colors=ColorTags(2, 2, 2, full))
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    frame = conversion.to_frame(conversion.to_picture(make_frame(planes, name)), 7)
    assert (frame.pts, frame.time_base) == (7, Fraction(1, 25))
    assert frame.format.name == name.replace('j', '').replace('nv12', 'yuv420p')
    result = planes_of(frame, np.uint8)
    np.testing.assert_array_equal(result[0], planes[0])
    assert all((plane == 120).all() for plane in result[1:])


def test_gray_and_rgb() -> None:
    info = make_info()
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    gray = make_frame([np.full((12, 20), 126, np.uint8)], 'gray')
    np.testing.assert_allclose(conversion.to_picture(gray), 110 / 219, atol=1e-6)
    pixels = np.random.default_rng(0).integers(0, 255, (12, 20, 3), np.uint8)
    rgb = av.VideoFrame.from_ndarray(pixels, format='rgb24')
    np.testing.assert_allclose(conversion.to_picture(rgb), pixels / 255, atol=1e-6)


@pytest.mark.parametrize('turns', [0, 1, 2, 3])
def test_pictures_are_upright_and_frames_as_they_were(turns: int) -> None:
    info = make_info(turns=turns)
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    luma = np.arange(20, 20 + 12, dtype=np.uint8)[:, None].repeat(20, 1)  # darkest at its top
    neutral = np.full((12, 20), 128, np.uint8)
    picture = conversion.to_picture(make_frame([luma, neutral, neutral], 'yuv444p'))
    assert picture.shape == ((20, 12, 3) if turns % 2 else (12, 20, 3))
    dark_side = [picture[0], picture[:, 0], picture[-1], picture[:, -1]][turns]
    assert (dark_side == picture.min()).all()
    np.testing.assert_array_equal(planes_of(conversion.to_frame(picture, 0), np.uint8)[0], luma)


def test_values_outside_are_clamped() -> None:
    info = make_info()
    conversion = FrameConversion(info, EncoderSettings.choose(info))
    frame = conversion.to_frame(np.full((12, 20, 3), 3, np.float32), 0)
    assert (planes_of(frame, np.uint8)[0] == 235).all()
