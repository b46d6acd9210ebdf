"""Small copies of images, to look at."""

from __future__ import annotations

import cv2
import numpy as np

from .stored_channels import to_8_bits


def shrink(pixels: np.ndarray, side: int) -> np.ndarray:
    """Makes an image small by averaging areas; one that is small already keeps its size.

    Args:
        pixels: (H, W, 3) or (H, W), uint8 or uint16.
        side: The greatest side of the result in pixels.

    Returns:
        The same with 8 bits.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return to_8_bits(pixels)
