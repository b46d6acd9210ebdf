"""Between stored pixels and the range that networks compute in."""

from __future__ import annotations

import numpy as np


def computing_dtype(*dtypes: np.dtype) -> type[np.floating]:
    """float64 if any of the types is, else float32."""
    return np.float64 if np.dtype(np.float64) in dtypes else np.float32


def check_pixels(image: np.ndarray) -> None:
    """Refuses what is not an image of three channels.

    Raises:
        ValueError: Wrong shape or type.
    """
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f'Expected a picture (H, W, 3), got an array of shape {image.shape}.')
    white_level(image.dtype)


def white_level(dtype: np.dtype) -> float:
    """The stored value of white: 255, 65535, or 1 for floating-point images."""
    if dtype in (np.uint8, np.uint16):
        return float(np.iinfo(dtype).max)
    if dtype.kind == 'f':
        return 1.0
    raise ValueError(f'Expected pixels of 8 or 16 bits or floating-point numbers, got {dtype}.')


def to_network_range(pixels: np.ndarray, dtype: type[np.floating]) -> np.ndarray:
    """Maps stored pixels to [-1, 1]."""
    return pixels.astype(dtype) / dtype(white_level(pixels.dtype) / 2) - dtype(1)


def to_pixels(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Maps values in [-1, 1] to stored pixels; integers are clamped to their range and rounded.

    Floating-point images keep values outside of [0, 1].
    """
    half = values.dtype.type(white_level(dtype) / 2)
    if dtype.kind == 'f':
        return ((values + 1) * half).astype(dtype)
    return np.rint((np.clip(values, -1, 1) + 1) * half).astype(dtype)
