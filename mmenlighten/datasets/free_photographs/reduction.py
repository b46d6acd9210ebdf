"""Makes the small copy of a photograph that is kept."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.photos import read_photo
from mmenlighten.photos.stored_channels import to_8_bits

QUALITY = 92
"""Of JPEG."""

LONG_SIDES = (1600, 1152)
"""Pixels. Larger photographs are reduced to one after the other, as those were on which the
released weights were trained: with the same OpenCV the files are the same to the last byte."""


def reduced_jpeg(content: bytes) -> tuple[bytes, tuple[int, int], tuple[int, int]]:
    """Reduces a photograph by averaging areas; a small one keeps its size.

    Args:
        content: The file, of any kind that can be read.

    Returns:
        A JPEG file without metadata; width and height of the original and of this, in pixels.

    Raises:
        ImageReadError: It is no photograph, or damaged.
    """
    image = to_8_bits(read_photo(content).pixels)
    original = _size(image)
    for long_side in LONG_SIDES:
        image = _reduced(image, long_side)
    done, encoded = cv2.imencode(
        '.jpg', cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    assert done  # JPEG holds any picture of these sizes
    return encoded.tobytes(), original, _size(image)


def _size(image: np.ndarray) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _reduced(image: np.ndarray, long_side: int) -> np.ndarray:
    scale = long_side / max(image.shape[:2])
    if scale >= 1:
        return image
    # By the exact factor: by the rounded size, half of the pixels would differ by a level or two.
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
