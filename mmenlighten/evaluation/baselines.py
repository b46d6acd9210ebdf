"""The simplest ways to light up a picture, to compare with."""

from __future__ import annotations

import numpy as np

from mmenlighten.models.classical import CLAHE, GammaCorrection


def gamma_correction(image: np.ndarray, gamma: float = 0.5) -> np.ndarray:
    """255 (image / 255)^gamma, rounded; see :class:`~mmenlighten.models.GammaCorrection`.

    Args:
        image: uint8 RGB (H, W, 3).
        gamma: Below 1 brightens.
    """
    return GammaCorrection(gamma).enhance_array(image)


def clahe(image: np.ndarray, clip_limit: float = 2.0, tiles: int = 8) -> np.ndarray:
    """OpenCV's CLAHE of the Lab lightness; see :class:`~mmenlighten.models.CLAHE`.

    Args:
        image: uint8 RGB (H, W, 3).
        clip_limit: Limit of the contrast, in multiples of a flat histogram's bin.
        tiles: Number of tiles along each side.
    """
    return CLAHE(clip_limit, (tiles, tiles)).enhance_array(image)
