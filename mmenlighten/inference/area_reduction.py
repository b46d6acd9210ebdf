"""An image made smaller by the means of what its pixels cover, in little memory."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.row_bands import row_bands

from .pixels import white_level


def reduce_area(image: np.ndarray, height: int, width: int, dtype: type[np.floating]) -> np.ndarray:
    """Makes an image smaller by area averaging, without rounding to its levels.

    Args:
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        height: Rows of the result, at most H.
        width: Columns of the result, at most W.
        dtype: Of the result.

    Returns:
        (height, width, 3) with white at 1.
    """
    scale = dtype(1 / white_level(image.dtype))
    result = np.zeros((height, width, 3), dtype)
    for rows in row_bands(*image.shape[:2]):
        band = image[rows].astype(dtype) * scale
        narrow = cv2.resize(band, (width, len(band)), interpolation=cv2.INTER_AREA)
        first, shares = _shares(rows.start, len(band), len(image), height)
        part = np.tensordot(shares.astype(dtype), narrow, 1)
        result[first : first + len(part)] += part
    return result


def _shares(top: int, count: int, full: int, small: int) -> tuple[int, np.ndarray]:
    """The first small row that a band touches, and what each of its rows is to those it touches."""
    step = full / small
    first = int(top / step)
    last = min(int(np.ceil((top + count) / step)), small)
    starts = np.arange(first, last)[:, None] * step
    rows = np.arange(top, top + count)
    covered = np.minimum(rows + 1, starts + step) - np.maximum(rows, starts)
    return first, np.maximum(covered, 0) / step
