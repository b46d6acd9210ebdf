"""The simplest ways to light up a picture, to compare with."""

from __future__ import annotations

import cv2
import numpy as np


def gamma_correction(image: np.ndarray, gamma: float = 0.5) -> np.ndarray:
    """255 (image / 255)^gamma, rounded.

    Args:
        image: uint8 RGB (H, W, 3).
        gamma: Below 1 brightens.
    """
    table = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return table[image]


def clahe(image: np.ndarray, clip_limit: float = 2.0, tiles: int = 8) -> np.ndarray:
    """OpenCV's contrast-limited adaptive histogram equalisation of the Lab lightness.

    Args:
        image: uint8 RGB (H, W, 3).
        clip_limit: Limit of the contrast, in multiples of a flat histogram's bin.
        tiles: Number of tiles along each side.
    """
    lightness, *colours = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2LAB))
    lightness = cv2.createCLAHE(clip_limit, (tiles, tiles)).apply(lightness)
    return cv2.cvtColor(cv2.merge([lightness, *colours]), cv2.COLOR_LAB2RGB)
