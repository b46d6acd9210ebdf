"""Halving an image before it is enhanced, and doubling windows of the result."""

from __future__ import annotations

import numpy as np


def halve(image: np.ndarray) -> np.ndarray:
    """Means of 2 x 2 pixels of an (H, W, C) image with even sides."""
    height, width, channels = image.shape
    blocks = image.reshape(height // 2, 2, width // 2, 2, channels)
    return (blocks[:, 0, :, 0] + blocks[:, 0, :, 1] + blocks[:, 1, :, 0] + blocks[:, 1, :, 1]) / 4


def double_axis(
    values: np.ndarray,
    axis: int,
    offset: int,
    size: int,
    window: tuple[int, int],
    align_corners: bool,
) -> np.ndarray:
    """Doubles an image along one axis by linear interpolation, as torch does; a window of it.

    Args:
        values: The part of the small image that is there.
        axis: The axis.
        offset: Position in the small image of the first of ``values``.
        size: Length of the whole small image.
        window: First position of the result and the one after the last; positions beyond twice
            the size, the odd one that halving dropped, repeat the last.
        align_corners: Whether the ends of both images lie on each other.
    """
    dtype = values.dtype.type
    positions = np.minimum(np.arange(*window), 2 * size - 1)
    if align_corners:
        source = positions * ((size - 1) / (2 * size - 1))
    else:
        source = np.maximum((positions + 0.5) / 2 - 0.5, 0)
    lower = source.astype(np.intp)
    share = (source - lower).astype(dtype)
    last = values.shape[axis] - 1
    upper = np.clip(np.minimum(lower + 1, size - 1) - offset, 0, last)
    lower = np.clip(lower - offset, 0, last)
    shape = [1] * values.ndim
    shape[axis] = -1
    share = share.reshape(shape)
    return values.take(lower, axis) * (1 - share) + values.take(upper, axis) * share
