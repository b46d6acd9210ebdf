"""Light comes back from exposures of it, whatever the curve of the camera; OpenCV agrees."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from mmenlighten.brackets import Bracket, measured_response, merged_rows
from mmenlighten.utils.srgb import linear_to_srgb

EXPOSURES = (1.0, 4.0, 16.0)

CURVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    'srgb': linear_to_srgb,
    'gamma': lambda light: light ** (1 / 2.2),
    'film': lambda light: 1.18 * light / (light + 0.18),
}


@pytest.fixture(scope='module')
def light() -> np.ndarray:
    """Linear RGB (H, W, 3) over four decades, 1 at most."""
    random = np.random.default_rng(0)
    blocks = 10 ** random.uniform(-3.5, 0, (15, 20, 3))
    smooth = cv2.resize(blocks, (240, 180), interpolation=cv2.INTER_CUBIC)
    return smooth.clip(1e-4, 1).astype(np.float32)


def bracket(light: np.ndarray, curve: str, dtype: type = np.uint8) -> Bracket:
    white = np.iinfo(dtype).max
    frames = [
        np.rint(CURVES[curve]((light * exposure).clip(0, 1)) * white).astype(dtype)
        for exposure in EXPOSURES
    ]
    return Bracket(frames, EXPOSURES)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
@pytest.mark.parametrize('curve', CURVES)
def test_light_comes_back(light: np.ndarray, curve: str, dtype: type) -> None:
    taken = bracket(light, curve, dtype)
    response, is_measured = measured_response(taken)
    assert is_measured
    merged = merged_rows(taken, response)
    assert merged.dtype == np.float32
    ratio = np.log2(merged / light)
    assert abs(np.median(ratio)) < 0.15  # one scale for all
    assert np.median(np.abs(ratio - np.median(ratio))) < 0.3
    np.testing.assert_array_equal(merged[30:50], merged_rows(taken, response, 30, 50))


def test_white_in_all_frames_stays_the_brightest() -> None:
    flat = np.linspace(0.01, 0.9, 64, dtype=np.float32)[None, :, None].repeat(64, 0).repeat(3, 2)
    flat[20:40, 20:40] = 3.0  # beyond the white of the darkest frame
    taken = bracket(flat, 'srgb')
    merged = merged_rows(taken, measured_response(taken)[0])
    assert merged[25:35, 25:35].min() >= 0.99 * merged[:20].max()


def test_equals_opencv_where_all_frames_tell_something() -> None:
    """For levels of the middle, where no frame is trusted more than OpenCV does."""
    random = np.random.default_rng(1)
    levels = (0, 128), (0, 256), (128, 256)
    frames = [random.integers(*one, (40, 50, 3)).astype(np.uint8) for one in levels]
    response = np.linspace(0.01, 1, 256, dtype=np.float32)[:, None].repeat(3, 1)
    expected = cv2.createMergeDebevec().process(
        frames, np.array(EXPOSURES, np.float32), response[:, None]
    )
    merged = merged_rows(Bracket(frames, EXPOSURES), response)
    np.testing.assert_allclose(merged, expected, rtol=1e-4)


def test_flat_frames_have_the_curve_of_srgb() -> None:
    frames = [np.full((20, 30, 3), level, np.uint8) for level in (60, 60, 60)]
    response, is_measured = measured_response(Bracket(frames, EXPOSURES))
    assert not is_measured
    assert response.shape == (256, 3)
    assert (np.diff(response[2:], axis=0) > 0).all()
    assert np.isfinite(merged_rows(Bracket(frames, EXPOSURES), response)).all()
