"""One curve for each channel that comes nearest to an enhancement."""

from __future__ import annotations

import numpy as np

from .pixels import white_level

KNOTS = 33
SMOOTHNESS = 1e-3
"""Weight of the curve's bends beside the mean square error."""


class ToneCurve:
    """Piecewise linear curves, one for each channel; beyond black and white they go on straight.

    Args:
        values: At equal distances from black to white, (channels, knots), white at 1.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    @classmethod
    def fit(cls, before: np.ndarray, after: np.ndarray) -> ToneCurve:
        """The curves of the least squares; few bends where tones are rare or missing.

        An ``after`` that is a line of ``before`` is met exactly.

        Args:
            before: (H, W, 3), white at 1.
            after: The same shape.
        """
        channels = range(before.shape[2])
        return cls(np.stack([_fit(before[..., c], after[..., c]) for c in channels]))

    def __call__(self, pixels: np.ndarray, dtype: type[np.floating]) -> np.ndarray:
        """Applies the curves.

        Args:
            pixels: (H, W, 3): 8 or 16 bits, or floating point with white at 1.
            dtype: Of the result.

        Returns:
            (H, W, 3), white at 1.
        """
        if pixels.dtype.kind == 'f':
            return np.stack(
                [self._at(channel, pixels[..., channel]) for channel in range(3)], -1
            ).astype(dtype)
        white = int(white_level(pixels.dtype))
        levels = np.arange(white + 1) / white
        result = np.empty(pixels.shape, dtype)
        for channel in range(3):
            result[..., channel] = self._at(channel, levels).astype(dtype)[pixels[..., channel]]
        return result

    def _at(self, channel: int, tones: np.ndarray) -> np.ndarray:
        values = self.values[channel]
        positions = tones * (len(values) - 1)
        lower = np.clip(positions.astype(np.intp), 0, len(values) - 2)
        start = values[lower]
        return start + (positions - lower) * (values[lower + 1] - start)


def _fit(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    positions = before.ravel().astype(np.float64) * (KNOTS - 1)
    lower = np.clip(positions.astype(np.intp), 0, KNOTS - 2)
    share = positions - lower
    left, right, wanted = 1 - share, share, after.ravel().astype(np.float64)

    def total(index: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.bincount(index, weights, KNOTS)

    equations = np.diag(total(lower, left * left) + total(lower + 1, right * right))
    beside = total(lower, left * right)[:-1]
    equations += np.diag(beside, 1) + np.diag(beside, -1)
    bends = np.diff(np.eye(KNOTS), 2, axis=0)
    equations += SMOOTHNESS * len(positions) / KNOTS * bends.T @ bends
    # One tone alone leaves the slope open: then the least change of tones is taken.
    steps = np.diff(np.eye(KNOTS), axis=0)
    tiny = 1e-12 * len(positions)
    equations += tiny * steps.T @ steps
    identity = np.full(KNOTS - 1, 1 / (KNOTS - 1))
    sums = total(lower, left * wanted) + total(lower + 1, right * wanted)
    return np.linalg.solve(equations, sums + tiny * steps.T @ identity)
