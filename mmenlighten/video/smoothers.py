"""Take the flicker out of what was computed frame by frame."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .brightness import measure, with_brightness
from .cut_detector import CutDetector
from .level_filter import GridFilter, LevelFilter

DARKEST = 1e-3
"""Frames with less mean brightness are black, and stay as they are."""


class _Smoother:
    """Smooths the frames of a shot by a filter, which starts anew at a cut."""

    def __init__(self, level_filter: LevelFilter) -> None:
        self.cuts = CutDetector()
        self.filter = level_filter

    def state(self) -> dict[str, Any]:
        """All that the next frame depends on, for JSON, which keeps floats to the last bit."""
        return dict(cuts=self.cuts.state(), filter=self.filter.state())

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a :meth:`state`."""
        self.cuts.restore(state['cuts'])
        self.filter.restore(state['filter'])


class GainSmoother(_Smoother):
    """Takes the flicker out of frames that were enhanced one by one.

    A network that brightens each frame by itself answers to the noise of each with a little more
    or less gain. The mean brightness ``b[t]`` of the enhanced frames shows it; its logarithm is
    smoothed by :class:`LevelFilter`, ``s[t]``, and all light of the frame is scaled by the one
    factor that gives it the brightness ``exp(s[t])`` (:func:`with_brightness`). A cut, which
    :class:`CutDetector` finds in the frames before they are enhanced, starts anew: its first
    frame stays as it is.
    """

    def __init__(self) -> None:
        super().__init__(LevelFilter())

    def smooth(self, original: np.ndarray, enhanced: np.ndarray) -> np.ndarray:
        """Takes the next frame and returns it with smoothed brightness.

        Args:
            original: RGB (H, W, 3) before enhancing, floating point, sRGB with white at 1.
            enhanced: The same after it.
        """
        if self.cuts.is_cut(original):
            self.filter.reset()
        brightness, slope = measure(enhanced)
        if brightness < DARKEST:
            self.filter.reset()
            return enhanced
        smoothed = math.exp(self.filter.follow(math.log(brightness)))
        return (
            enhanced
            if smoothed == brightness
            else with_brightness(enhanced, smoothed, (brightness, slope))
        )


class GridSmoother(_Smoother):
    """Takes the flicker out of the grids by which frames are enhanced.

    A network that lights a picture by a grid of curves (:class:`.CurveGrid`) computes one for each
    frame, and the noise of the frame is in it: places, levels of brightness and colour channels
    flicker, each a little otherwise. The log exponents of each cell are smoothed over time by
    :class:`GridFilter`. A cut, which :class:`CutDetector` finds in the frames before they are
    enhanced, starts anew: the grid of its first frame stays as it is.
    """

    def __init__(self) -> None:
        super().__init__(GridFilter())

    def smooth(self, original: np.ndarray, grid: np.ndarray) -> np.ndarray:
        """Takes the grid of the next frame and returns the smoothed one.

        Args:
            original: RGB (H, W, 3) before enhancing, floating point, sRGB with white at 1.
            grid: Its log exponents, of any shape.

        Returns:
            float32, of the same shape.
        """
        if self.cuts.is_cut(original):
            self.filter.reset()
        smoothed: np.ndarray = self.filter.follow(grid.astype(np.float32))
        return smoothed
