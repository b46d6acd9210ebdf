"""Cuts are found, and what is none is not taken for one."""

from __future__ import annotations

import json

import numpy as np
import pytest
from skimage import data

from mmenlighten.video.cut_detector import CutDetector

ASTRONAUT = (data.astronaut()[100:244, 100:292] / 255).astype(np.float32)
CAT = (data.chelsea()[100:244, 100:292] / 255).astype(np.float32)


def noisy(picture: np.ndarray, seed: int, size: float = 0.02) -> np.ndarray:
    return picture + np.random.default_rng(seed).normal(0, size, picture.shape).astype(np.float32)


def cuts(frames: list[np.ndarray]) -> list[int]:
    detector = CutDetector()
    return [index for index, frame in enumerate(frames) if detector.is_cut(frame)]


@pytest.mark.parametrize('light', [1.0, 0.3, 0.15])
def test_a_cut_is_found_in_light_and_in_darkness(light: float) -> None:
    frames = [noisy(light * ASTRONAUT, seed) for seed in range(10)]
    frames += [noisy(light * CAT, seed) for seed in range(10)]
    assert cuts(frames) == [0, 10]


def test_noise_and_motion_are_no_cuts() -> None:
    moving = [noisy(np.roll(0.3 * ASTRONAUT, 2 * index, axis=1), index) for index in range(20)]
    assert cuts(moving) == [0]


def test_light_that_changes_slowly_is_no_cut() -> None:
    assert cuts([noisy(0.2 * 1.03**index * CAT, index, 0.005) for index in range(30)]) == [0]


def test_a_fast_pan_soon_makes_no_cuts_any_more() -> None:
    pan = [np.roll(ASTRONAUT, 12 * index, axis=1) for index in range(20)]
    assert set(cuts(pan)) <= set(range(8))


def test_frames_smaller_than_the_fields_work() -> None:
    assert cuts([np.zeros((2, 3, 3), np.float32), np.ones((2, 3, 3), np.float32)]) == [0, 1]


def test_it_goes_on_from_its_state() -> None:
    first, second = CutDetector(), CutDetector()
    first.is_cut(ASTRONAUT)
    second.restore(json.loads(json.dumps(first.state())))
    assert not second.is_cut(ASTRONAUT)
    assert second.is_cut(CAT)
