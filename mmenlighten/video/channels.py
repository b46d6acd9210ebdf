"""Arithmetic across the channels of pictures that gives the same bits in every run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def weighted_sum(values: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Sum over three channels, each times its weight, in the type of the values.

    A matrix product would do, but it may round differently with the place in memory, and the files
    of two runs would differ.

    Args:
        values: (H, W, 3), floating point.
        weights: Of the channels.

    Returns:
        (H, W).
    """
    total = values[..., 0] * values.dtype.type(weights[0])
    for channel in (1, 2):
        total += values[..., channel] * values.dtype.type(weights[channel])
    return total
