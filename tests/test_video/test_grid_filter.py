"""The filter of many levels: flicker falls, what moves is followed, and makes no noise."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mmenlighten.video.level_filter import MOST_LAG, GridFilter

SHAPE = (3, 2, 4, 5)
FRAMES = np.arange(80)


def noise(size: float, count: int = 80) -> np.ndarray:
    return np.random.default_rng(5).normal(0, size, (count, *SHAPE)).astype(np.float32)


def levels_of(course: np.ndarray, size: float) -> np.ndarray:
    """All cells go the same way, each with noise of its own."""
    return (course[:, None, None, None, None] + noise(size, len(course))).astype(np.float32)


def follow(levels: np.ndarray) -> np.ndarray:
    grids = GridFilter()
    return np.stack([grids.follow(level) for level in levels])


@pytest.mark.parametrize('size', [0.001, 0.006, 0.02])
def test_flicker_of_still_levels_falls_from_the_first_frames_on(size: float) -> None:
    levels = 1.5 + noise(size, 40)
    smoothed = follow(levels)
    changes = [np.abs(np.diff(of, axis=0)).mean() for of in (levels, smoothed)]
    assert changes[0] > (8 if size < 0.01 else 3.5) * changes[1]
    assert np.abs(smoothed[20:] - 1.5).mean() < 0.4 * size


@pytest.mark.parametrize('size', [0.001, 0.006, 0.02])
def test_it_learns_the_noise(size: float) -> None:
    grids = GridFilter()
    for level in noise(size, 200):
        grids.follow(level)
    assert 0.75 * size < np.sqrt(np.mean(grids.noise**2)) < 1.25 * size


COURSES = {
    'even': 0.05 * FRAMES,
    'waves': np.sin(FRAMES / 4),
    'something passes': np.exp(-(((FRAMES - 50) / 4) ** 2)),
    'a pan that stops': np.where(FRAMES < 50, np.sin(FRAMES / 5), np.sin(10)),
    'a jump': np.where(FRAMES < 50, 0.0, 1.0),
    'a flash': np.where(FRAMES == 50, 1.0, 0.0),
}


@pytest.mark.parametrize('course', COURSES)
def test_what_moves_is_followed_to_within_the_noise(course: str) -> None:
    size = 0.005
    levels = levels_of(COURSES[course], size)
    smoothed = follow(levels)
    off = np.abs(smoothed - levels)[20:]  # the first guess of the noise is too much here
    assert off.mean() < 1.5 * size
    # A flash is the one that noise could be, and it alone is taken for some for a while.
    assert off.max() < (4 if course == 'a flash' else 2.5) * MOST_LAG * size


def test_each_cell_is_smoothed_by_itself() -> None:
    levels = noise(0.005)
    moving = levels.copy()
    moving[:, :, :, 0, 0] += np.sin(FRAMES).astype(np.float32)[:, None, None]
    alone, beside = follow(levels), follow(moving)
    np.testing.assert_array_equal(beside[..., 1:, :], alone[..., 1:, :])
    assert np.abs(beside[..., 0, 0] - alone[..., 0, 0]).max() > 0.5


def test_the_first_grid_of_a_shot_stays_as_it_is() -> None:
    grids = GridFilter()
    for level in noise(0.01, 20):
        grids.follow(level)
    grids.reset()
    other = noise(1, 1)[0]
    np.testing.assert_array_equal(grids.follow(other), other)


@pytest.mark.parametrize('count', [0, 1, 2, 3, 23])
def test_it_goes_on_from_its_state_to_the_last_bit(count: int) -> None:
    levels = noise(0.01, 30)
    whole, first, second = GridFilter(), GridFilter(), GridFilter()
    expected = [whole.follow(level) for level in levels]
    for level in levels[:count]:
        first.follow(level)
    second.restore(json.loads(json.dumps(first.state())))
    for level, smoothed in zip(levels[count:], expected[count:]):
        result = second.follow(level)
        assert result.dtype == smoothed.dtype == np.float32
        np.testing.assert_array_equal(result, smoothed)


def test_restored_levels_are_like_others() -> None:
    before, after = GridFilter(), GridFilter()
    before.follow(np.zeros((2, 3), np.float32))
    after.restore(before.state())
    assert after.variance is not None
    assert after.variance.flags.writeable  # of others, torch warns
