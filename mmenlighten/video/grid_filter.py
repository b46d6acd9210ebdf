"""Smooths many levels that flicker, and tells their noise from motion."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np

from .level_filter import FIRST_NOISE, LEAST_NOISE, MOST_SURPRISE, LevelFilter

FIRST_GUESSES = 4
"""Frames for which the first guess of the noise counts: the mean of few products is anything."""


class GridFilter(LevelFilter):
    """Smooths many levels that flicker, and tells their noise from motion.

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
