"""The filter of one level: flicker falls, changes are followed."""

from __future__ import annotations

import json

import numpy as np

from mmenlighten.video.level_filter import MOST_LAG, MOST_NOISE, LevelFilter


def follow(levels: np.ndarray) -> np.ndarray:
    smoother = LevelFilter()
    return np.array([smoother.follow(float(level)) for level in levels])


def change(levels: np.ndarray) -> float:
    return float(np.abs(np.diff(levels)).mean())


def noise(count: int, size: float = 0.004) -> np.ndarray:
    return np.random.default_rng(3).normal(0, size, count)


def test_flicker_of_a_still_level_falls_from_the_first_frames_on() -> None:
    for size in (0.001, 0.004, 0.02):
        levels = -1 + noise(40, size)
        assert change(levels) > 8 * change(follow(levels))


def test_it_learns_the_noise() -> None:
    for size in (0.001, 0.004, 0.02):
        smoother = LevelFilter()
        for level in noise(200, size):
            smoother.follow(float(level))
        assert 0.7 * size < smoother.noise < 1.4 * size


def test_a_step_is_followed_in_the_same_frame_to_within_the_noise() -> None:
    levels = noise(60) + np.where(np.arange(60) < 30, -1, -0.7)
    smoothed = follow(levels)
    assert abs(smoothed[30] - levels[30]) < 0.06
    assert abs(smoothed[40:] + 0.7).max() < 0.02


def test_an_even_change_is_followed_without_inflating_the_noise() -> None:
    levels = -2 + 0.02 * np.arange(100) + noise(100)
    smoothed = follow(levels)
    assert np.abs(smoothed - levels)[20:].max() < 1.5 * MOST_LAG * 0.004


def test_the_lag_is_bounded_whatever_comes() -> None:
    levels = np.random.default_rng(0).normal(0, 1, 300)
    assert np.abs(follow(levels) - levels).max() <= MOST_LAG * MOST_NOISE + 1e-12


def test_the_first_frame_of_a_shot_stays_as_it_is() -> None:
    smoother = LevelFilter()
    for level in noise(20):
        smoother.follow(float(level))
    smoother.reset()
    assert smoother.follow(0.0123) == 0.0123


def test_it_goes_on_from_its_state_to_the_last_bit() -> None:
    levels = noise(50).tolist()
    whole, first, second = LevelFilter(), LevelFilter(), LevelFilter()
    expected = [whole.follow(level) for level in levels]
    for level in levels[:23]:
        first.follow(level)
    second.restore(json.loads(json.dumps(first.state())))
    assert [second.follow(level) for level in levels[23:]] == expected[23:]
