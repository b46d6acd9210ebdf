"""sRGB: its transfer function (IEC 61966-2-1) and the luma of its values."""

from __future__ import annotations

import numpy as np

from .array_or_tensor import Array, where

LUMA_WEIGHTS = (0.299, 0.587, 0.114)
"""Weights of R, G, B in the luma of sRGB values (ITU-R BT.601)."""


LUMINANCE_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of linear light (ITU-R BT.709, whose primaries are those of sRGB)."""


def luma_of(image: np.ndarray) -> np.ndarray:
    """Luma (..., H, W) of sRGB values (..., H, W, 3), on their scale, float32."""
    return image @ np.asarray(LUMA_WEIGHTS, np.float32)


def srgb_to_linear(image: Array) -> Array:
    """Turns sRGB values in [0, 1] into linear light in [0, 1] (IEC 61966-2-1)."""
    return where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)


def linear_to_srgb(image: Array) -> Array:
    """Turns linear light in [0, 1] into sRGB values in [0, 1] (IEC 61966-2-1)."""
    return where(image <= 0.0031308, image * 12.92, 1.055 * image ** (1 / 2.4) - 0.055)
