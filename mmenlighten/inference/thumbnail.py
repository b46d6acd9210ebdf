"""A small square copy of an image of any size and shape, without ever holding it as numbers."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.nearest import nearest_positions

from .pixels import check_pixels, white_level


def thumbnail_of(image: np.ndarray, side: int) -> np.ndarray:
    """The means of areas, exactly those of ``torch.nn.functional.adaptive_avg_pool2d``.

    Areas begin and end at whole pixels. They share pixels where the image is no multiple of the
    side, so that an image smaller than it has a copy too.

    Args:
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        side: Rows and columns of the copy.

    Returns:
        (side, side, 3) of float64, with white at 1.
    """
    check_pixels(image)
    tops, bottoms = _areas(image.shape[0], side)
    lefts, rights = _areas(image.shape[1], side)
    result = np.empty((side, side, 3))
    for row, (top, bottom) in enumerate(zip(tops, bottoms)):
        sums = image[top:bottom].sum(0, dtype=np.float64)
        for column, (left, right) in enumerate(zip(lefts, rights)):
            result[row, column] = sums[left:right].sum(0) / ((bottom - top) * (right - left))
    return result / white_level(image.dtype)


def nearest_of(image: np.ndarray, side: int) -> np.ndarray:
    """The pixels at the centres of areas, exactly; arguments and result as above."""
    check_pixels(image)
    rows, columns = (nearest_positions(np.arange(side), side, size) for size in image.shape[:2])
    return image[rows[:, None], columns].astype(np.float64) / white_level(image.dtype)


def _areas(size: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The first pixel of each area along an axis, and the one behind its last."""
    number = np.arange(side)
    return number * size // side, -(-(number + 1) * size // side)
