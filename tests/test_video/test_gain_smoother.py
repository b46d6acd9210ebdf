"""Flicker of frames that were enhanced one by one falls; cuts and real changes are followed."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from skimage import data

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear
from mmenlighten.video.brightness import measure
from mmenlighten.video.smoothers import GainSmoother

Enhance = Callable[[np.ndarray], np.ndarray]
PHOTOS = [data.astronaut()[100:220, 100:260] / 255, data.chelsea()[100:220, 100:260] / 255]


def dark_clip(
    photo: np.ndarray, count: int, light: np.ndarray | float = 0.04, seed: int = 0
) -> list[np.ndarray]:
    """A still scene in the dark: photons of one frame after the other, and a reading noise."""
    rng = np.random.default_rng(seed)
    frames = []
    for share in np.broadcast_to(light, count):
        electrons = 800 * share * srgb_to_linear(photo)
        seen = rng.poisson(electrons) + rng.normal(0, 4, photo.shape)
        frames.append(np.rint(linear_to_srgb(np.clip(seen / 800, 0, 1)) * 255) / 255)
    return [frame.astype(np.float32) for frame in frames]


def automatic(frame: np.ndarray) -> np.ndarray:
    """Gives a gain by what a few pixels show, as a camera does: it flickers with their noise."""
    gain = 0.12 / srgb_to_linear(frame[40:70, 50:100]).mean()
    return linear_to_srgb(1 - np.exp(-gain * srgb_to_linear(frame))).astype(np.float32)


def smooth(frames: list[np.ndarray], enhance: Enhance) -> tuple[np.ndarray, np.ndarray]:
    """Brightness of each frame, enhanced by itself and smoothed."""
    smoother = GainSmoother()
    enhanced = [enhance(frame) for frame in frames]
    smoothed = [smoother.smooth(*pair) for pair in zip(frames, enhanced)]
    return brightness(enhanced), brightness(smoothed)


def brightness(frames: list[np.ndarray]) -> np.ndarray:
    """Mean luma of the pixels that are stored, in levels of 255."""
    return 255 * np.array([measure(np.rint(frame * 255) / 255)[0] for frame in frames])


def flicker(levels: np.ndarray) -> float:
    return float(np.abs(np.diff(levels)).mean())


@pytest.mark.parametrize('photo', [0, 1])
def test_flicker_of_a_still_dark_clip_falls(photo: int) -> None:
    alone, smoothed = smooth(dark_clip(PHOTOS[photo], 30), automatic)
    assert flicker(alone) > 0.2
    assert flicker(alone) > 4 * flicker(smoothed)
    assert np.abs(smoothed.mean() - alone.mean()) < 0.5


def test_there_is_no_lag_on_a_cut() -> None:
    frames = dark_clip(PHOTOS[0], 15) + dark_clip(PHOTOS[1], 15)
    alone, smoothed = smooth(frames, automatic)
    assert smoothed[15] == alone[15]
    assert flicker(alone[15:]) > 4 * flicker(smoothed[15:])


def test_a_lamp_that_is_switched_on_is_followed_at_once() -> None:
    lamp = np.where(np.arange(30) < 15, 0.03, 0.06)
    alone, smoothed = smooth(dark_clip(PHOTOS[1], 30, lamp), lambda f: np.sqrt(f))
    assert alone[15] > 1.15 * alone[14]
    assert smoothed[15] == pytest.approx(alone[15], rel=0.02)


def test_a_dawn_is_followed() -> None:
    alone, smoothed = smooth(dark_clip(PHOTOS[1], 60, np.geomspace(0.02, 0.2, 60)), np.sqrt)
    assert alone[-1] > 1.5 * alone[0]
    np.testing.assert_allclose(smoothed, alone, rtol=0.02)


def test_black_frames_stay_black() -> None:
    smoother = GainSmoother()
    black = np.zeros((20, 20, 3), np.float32)
    for frame in (black, black + 0.5, black):
        result = smoother.smooth(frame, frame)
        np.testing.assert_array_equal(result, frame)


def test_it_goes_on_from_its_state_to_the_last_bit() -> None:
    frames = dark_clip(PHOTOS[0], 12)
    whole, first, second = GainSmoother(), GainSmoother(), GainSmoother()
    expected = [whole.smooth(frame, automatic(frame)) for frame in frames]
    for frame in frames[:7]:
        first.smooth(frame, automatic(frame))
    second.restore(json.loads(json.dumps(first.state())))
    for frame, result in zip(frames[7:], expected[7:]):
        np.testing.assert_array_equal(second.smooth(frame, automatic(frame)), result)
