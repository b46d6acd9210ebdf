"""Resizing by cubic convolution with antialiasing, as MATLAB's ``imresize`` does it."""

from __future__ import annotations

import cv2
import numpy as np


def cubic(x: np.ndarray) -> np.ndarray:
    """The cubic convolution kernel of Keys (1981) with a = -0.5."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x**2 + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))


def resize_matrix(length: int, new_length: int) -> np.ndarray:
    """Weights (new_length, length) that resize one dimension.

    Shrinking widens the kernel by the factor, which is the antialiasing. Beyond the edge the
    picture is mirrored with the edge itself repeated.
    """
    scale = new_length / length
    shrink = min(scale, 1.0)
    centres = (np.arange(new_length) + 0.5) / scale - 0.5
    reach = int(np.ceil(2 / shrink))
    positions = np.floor(centres)[:, None].astype(int) + np.arange(-reach, reach + 2)
    weights = cubic((centres[:, None] - positions) * shrink)
    weights /= weights.sum(axis=1, keepdims=True)
    mirrored = positions % (2 * length)
    mirrored = np.minimum(mirrored, 2 * length - 1 - mirrored)
    matrix = np.zeros((new_length, length))
    np.add.at(matrix, (np.arange(new_length)[:, None], mirrored), weights)
    return matrix


def resize(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resizes (H, W) to another size, in float64 and without rounding."""
    rows, columns = resize_matrix(image.shape[0], height), resize_matrix(image.shape[1], width)
    return rows @ image @ columns.T


def halve(image: np.ndarray) -> np.ndarray:
    """Resizes (H, W) of even sides to half the size; its cost is linear in pixels."""
    taps = cubic(np.arange(-3.5, 4) / 2) / 2
    filtered = cv2.sepFilter2D(
        image, cv2.CV_64F, taps, taps, anchor=(3, 3), borderType=cv2.BORDER_REFLECT
    )
    return filtered[::2, ::2]
