"""sRGB: its transfer function (IEC 61966-2-1) and the luma of its values, of arrays and tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

Array = TypeVar('Array', np.ndarray, 'Tensor')
"""What a formula takes is what it gives; torch is not imported for it."""


def where(condition: Any, one: Array, other: Array) -> Array:
    """``one`` where the condition holds, else ``other``."""
    if isinstance(one, np.ndarray | np.generic | float):
        return np.where(condition, one, other)
    return one.where(condition, other)


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
    # Clipped, as the slope of the power at 0 is infinite, and so would be gradients.
    curve = 1.055 * image.clip(0.0031308) ** (1 / 2.4) - 0.055
    return where(image <= 0.0031308, image * 12.92, curve)
