"""A small picture that shows a photograph before and after it is enhanced."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mmenlighten.photos import Photo, encode_photo
from mmenlighten.utils.derived_name import derived_name
from mmenlighten.utils.side_by_side import comparison_row

LONGEST_SIDE = 1280
QUALITY = 90
ENDING = '.compare.jpg'
"""Added to the whole name of the result: ``a.png`` and ``a.jpg`` may lie side by side."""


def before_after_path(result: Path) -> Path:
    """Where the picture that belongs to a result goes."""
    return result.with_name(derived_name(result.name, ENDING))


def before_after(before: Photo, after: Photo) -> bytes:
    """The content of a JPEG with both side by side, the longest side of each at most 1280 pixels.

    It has the colour profile of the photograph, and nothing else of what its file says.
    """
    pictures = {'before': _reduced(before.pixels), 'after': _reduced(after.pixels)}
    row = comparison_row(pictures)
    photo = Photo(np.ascontiguousarray(row), format='jpeg', icc_profile=after.icc_profile)
    return encode_photo(photo, quality=QUALITY)


def _reduced(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size != (width, height):
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return pixels if pixels.dtype == np.uint8 else np.rint(pixels / 257).astype(np.uint8)
