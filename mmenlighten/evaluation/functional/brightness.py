"""How bright a picture is."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .checks import check_picture

OVER_EXPOSED = 250


def mean_brightness(image: np.ndarray) -> float:
    """Mean luma (ITU-R BT.601, full range) over all pixels, in [0, 255].

    Neither high nor low is better: compare it with that of normal-light pictures.

    Args:
        image: uint8 RGB (H, W, 3), rounded.
    """
    check_picture(image)
    return float(np.dot(cv2.mean(image)[:3], LUMA_WEIGHTS))


def over_exposure(image: np.ndarray) -> float:
    """Share of pixels, in [0, 1], of which at least one RGB channel is 250 or more.

    Such a channel is clipped or nearly so, and its detail or hue is lost. Lower is better, as long
    as the scene has no lamps; compare it with that of normal-light pictures.

    Args:
        image: uint8 RGB (H, W, 3), rounded.
    """
    check_picture(image)
    brightest = cv2.max(cv2.max(image[..., 0], image[..., 1]), image[..., 2])
    return float(np.count_nonzero(brightest >= OVER_EXPOSED) / brightest.size)
