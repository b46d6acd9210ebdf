"""Smooth levels that flicker, without lagging behind what really changes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np

SHARE_OF_NEW = 0.05
"""Share of a new frame in the smoothed level, once a shot has lasted for 20 frames."""

MOST_LAG = 4.0
"""How far the smoothed level may be from that of a frame, in units of the noise."""

LEAST_NOISE = 0.0005
FIRST_NOISE = 0.01
MOST_NOISE = 0.03
"""Bounds of the noise that is assumed, and what is assumed before any is seen (1 is a factor e)."""

SHARE_OF_NEW_NOISE = 0.05
MOST_SURPRISE = 4.0
"""A second difference counts as this many times the mean one at most: a jump is no noise."""

SECOND_DIFFERENCE = 1.954
"""Mean of abs(a - 2 b + c) of normally distributed numbers of variance 1: sqrt(6 * 2 / pi)."""


class LevelFilter:
    """Smooths a level that flickers, without lagging behind what really changes.

    Of the levels ``y[t]`` it makes ``s[t]``, with ``n`` frames since the start of the shot::

        e[t] = y[t] - s[t-1]
        k[t] = max(1 / (n + 1), 0.05)
        s[t] = y[t] - clip((1 - k[t]) * e[t], -4 * noise[t], 4 * noise[t])

    Without the clip this is the mean of the shot's first 20 frames, then an exponential mean: the
    Kalman filter of a level that hardly moves. The clip raises its gain as soon as the level
    leaves the noise: a jump is followed in the same frame and a slow change without pause, both
    to within four times the noise, which is less than the flicker that was there.

    The noise is taken from second differences, which light that changes evenly leaves at zero::

        noise[t] = mean of abs(y[t] - 2 * y[t-1] + y[t-2]) / 1.954

    as a running mean of the same kind, where one jump counts for little.

    Instead of a number, a level may be an array, whose elements are smoothed each by itself.
    """

    def __init__(self) -> None:
        self.level: Any = 0.0
        self.frames = 0
        self.previous: list[Any] = []
        self.noise: Any = FIRST_NOISE
        self.noises = 1  # the first guess counts as one

    def reset(self) -> None:
        """Begins a shot; the noise, which is that of the camera and the model, stays known."""
        self.frames = 0
        self.previous = []

    def follow(self, level: Any) -> Any:
        """Takes the level of the next frame and returns the smoothed one."""
        if len(self.previous) == 2:
            oldest, previous = self.previous
            self._learn_noise(oldest, previous, level)
            self.noises += 1
        self.previous = [*self.previous[-1:], level]
        share = max(1 / (self.frames + 1), SHARE_OF_NEW)
        lag = (1 - share) * (level - self.level)
        most = MOST_LAG * np.clip(self.noise, LEAST_NOISE, MOST_NOISE)
        self.level = level - np.clip(lag, -most, most)
        self.frames += 1
        return self.level

    def _learn_noise(self, oldest: Any, previous: Any, level: Any) -> None:
        noise = abs(level - 2 * previous + oldest) / SECOND_DIFFERENCE
        noise = np.minimum(noise, MOST_SURPRISE * np.maximum(self.noise, LEAST_NOISE))
        self.noise = self.noise + self._share_of_new_noise * (noise - self.noise)

    @property
    def _share_of_new_noise(self) -> float:
        return max(1 / (self.noises + 1), SHARE_OF_NEW_NOISE)

    def state(self) -> dict[str, Any]:
        """All that the next result depends on, for JSON, which keeps floats to the last bit."""
        return dict(vars(self), previous=list(self.previous))

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a :meth:`state`."""
        vars(self).update(state, previous=list(state['previous']))


FIRST_GUESSES = 4
"""Frames for which the first guess of the noise counts: the mean of few products is anything."""


class GridFilter(LevelFilter):
    """Smooths many levels that flicker, and separates their noise from motion.

    The levels of the cells of a grid are smoothed as by :class:`LevelFilter`, each by itself. What
    moves through a cell changes its level for some frames in the same direction, and back, which
    second differences do not leave at zero. So the noise is taken from changes that are taken back
    at once::

        variance[t] = mean of (y[t] - y[t-1]) * (y[t-2] - y[t-1])

    Noise alone has this mean. Of motion, with changes that resemble the ones before, it is
    negative, and there is little or no smoothing. One jump counts for little.
    """

    def __init__(self) -> None:
        super().__init__()
        self.noises = FIRST_GUESSES
        self.variance: np.ndarray | None = None

    def follow(self, level: np.ndarray) -> np.ndarray:
        """Takes the levels of the next frame, of float32, and returns the smoothed ones."""
        if self.variance is None:
            self.variance = np.full_like(level, FIRST_NOISE**2)
            self.noise = np.sqrt(self.variance)
        smoothed: np.ndarray = super().follow(level)
        return smoothed

    def _learn_noise(self, oldest: Any, previous: Any, level: Any) -> None:
        assert self.variance is not None
        variance = (level - previous) * (oldest - previous)
        most = MOST_SURPRISE**2 * np.maximum(self.variance, LEAST_NOISE**2)
        change = np.clip(variance, -most, most) - self.variance
        self.variance = self.variance + self._share_of_new_noise * change
        self.noise = np.sqrt(np.maximum(self.variance, 0))

    def state(self) -> dict[str, Any]:
        """All that the next result depends on, for JSON, with arrays to the last bit."""
        state = super().state()
        del state['noise']  # is known from the variance
        previous = [_packed(level) for level in state.pop('previous')]
        return dict({name: _packed(value) for name, value in state.items()}, previous=previous)

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a :meth:`state`."""
        previous = [_unpacked(level) for level in state['previous']]
        unpacked = {name: _unpacked(value) for name, value in state.items() if name != 'previous'}
        super().restore(dict(unpacked, previous=previous))
        if self.variance is not None:
            self.noise = np.sqrt(np.maximum(self.variance, 0))


def _packed(value: Any) -> Any:
    """Arrays as text; numbers as they are."""
    if not isinstance(value, np.ndarray):
        return value
    content = b64encode(value.astype('<f4').tobytes()).decode()
    return dict(shape=list(value.shape), content=content)


def _unpacked(value: Any) -> Any:
    """The inverse of :func:`_packed`."""
    if not isinstance(value, dict):
        return value
    levels = np.frombuffer(b64decode(value['content']), '<f4').reshape(value['shape'])
    return levels.copy()  # torch warns of arrays that only can be read
