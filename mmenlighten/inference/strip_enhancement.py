"""Enhances an image of any size strip by strip, by a method that surveys it first."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.network_protocols import StripNetwork
from mmenlighten.utils.row_bands import split_rows

from .pixels import check_pixels, computing_dtype, to_pixels, white_level
from .tiled_enhancement import Progress

STRIP_PIXELS = 2**19
"""Pixels of a strip, about."""

LEAST_ROWS = 64
"""Rows of a strip at least, beside those around it."""


def enhance_strips(
    network: StripNetwork, image: np.ndarray, progress: Progress | None = None
) -> np.ndarray:
    """Enhances an image in little memory beside itself and its result.

    Args:
        network: What enhances.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        progress: Told after each strip. What it raises ends the work.

    Returns:
        The same kind of pixels.
    """
    check_pixels(image)
    height, width = image.shape[:2]
    strips = split_rows(height, max(STRIP_PIXELS // width, LEAST_ROWS), multiple=2)
    enhance = network.survey(((rows.start, _light(image[rows])) for rows in strips), height, width)
    result = np.empty(image.shape, image.dtype)
    for number, rows in enumerate(strips, start=1):
        first, last = max(rows.start - network.reach, 0), min(rows.stop + network.reach, height)
        enhanced = enhance(_light(image[first:last]), first)
        values = enhanced[0, :, rows.start - first : rows.stop - first].transpose(1, 2, 0)
        result[rows] = to_pixels(values * 2 - 1, image.dtype)
        if progress is not None:
            progress(number, len(strips))
    return result


def _light(pixels: np.ndarray) -> np.ndarray:
    """(h, W, 3) of any kind as (1, 3, h, W) in [0, 1]."""
    dtype = computing_dtype(pixels.dtype)
    light = pixels.transpose(2, 0, 1)[None].astype(dtype) / dtype(white_level(pixels.dtype))
    return np.clip(np.nan_to_num(light, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
