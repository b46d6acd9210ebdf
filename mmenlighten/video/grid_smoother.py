"""Takes the flicker out of the grids by which frames are enhanced."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cut_detector import CutDetector
from .grid_filter import GridFilter


class GridSmoother:
    """Takes the flicker out of the grids by which frames are enhanced.

    A network that lights a picture by a grid of curves (:class:`.CurveGrid`) computes one for each
    frame, and the noise of the frame is in it: places, levels of brightness and colour channels
    flicker, each a little otherwise. The log exponents of each cell are smoothed over time by
    :class:`GridFilter`. A cut, which :class:`CutDetector` finds in the frames before they are
    enhanced, starts anew: the grid of its first frame stays as it is.
    """

    def __init__(self) -> None:
        self.cuts = CutDetector()
        self.filter = GridFilter()

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

    def state(self) -> dict[str, Any]:
        """All that the next grid depends on, for JSON."""
        return dict(cuts=self.cuts.state(), filter=self.filter.state())

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a :meth:`state`."""
        self.cuts.restore(state['cuts'])
        self.filter.restore(state['filter'])
