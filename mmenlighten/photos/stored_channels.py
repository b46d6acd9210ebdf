"""The channels that go into a file."""

from __future__ import annotations

import numpy as np

from .photo import Photo


def stored_channels(photo: Photo) -> np.ndarray:
    """Gray (H, W), gray and alpha (H, W, 2), RGB (H, W, 3) or RGBA (H, W, 4) of a photograph."""
    light = photo.pixels[..., 0] if photo.is_gray else photo.pixels
    if photo.alpha is None:
        return np.ascontiguousarray(light)
    return np.dstack([light, photo.alpha])


def to_8_bits(values: np.ndarray) -> np.ndarray:
    """Divides by 257 and rounds; uint8 stays as it is."""
    if values.dtype == np.uint8:
        return values
    # Ties cannot occur, since 257 is odd.
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
