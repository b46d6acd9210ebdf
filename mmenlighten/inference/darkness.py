"""How dark an image is, to leave well-lit ones alone."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .pixels import check_pixels, white_level

DARK_LUMA = 40 / 255
"""Below this luma (ITU-R BT.601, of sRGB values in [0, 1]) a pixel is dark."""

DARK_SHARE = 1 / 3
"""From this share of dark pixels on an image is dark."""

SAMPLES = 500
"""At least so many rows and columns of a larger image are looked at, evenly spread."""


def darkness(image: np.ndarray) -> float:
    """Share of dark pixels: 0 of an image without any, 1 of a black one.

    A share, unlike a mean, also finds the dark subject before a bright sky, which lies below no
    mean that well-lit images keep above. Both thresholds were chosen on sets of photographs;
    ``docs/large_pictures.md`` has the numbers.

    Args:
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1.
    """
    check_pixels(image)
    rows, columns = (-(-size // (2 * SAMPLES)) for size in image.shape[:2])
    sample = image[::rows, ::columns].astype(np.float32)
    luma = sample @ np.asarray(LUMA_WEIGHTS, np.float32)
    return float(np.mean(luma < DARK_LUMA * white_level(image.dtype)))


def is_dark(image: np.ndarray, share: float = DARK_SHARE) -> bool:
    """Whether an image is worth enhancing: the share of its dark pixels reaches ``share``."""
    return darkness(image) >= share
