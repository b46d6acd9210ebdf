"""How bright a picture is, and a brightness taken from the ground truth."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .checks import check_pair, check_picture

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


def scale_to_gt_mean(enhanced: np.ndarray, gt: np.ndarray) -> np.ndarray:
    """Multiplies a result by the mean luma of its ground truth over its own, and clips.

    The luma is that of ITU-R BT.601 on RGB in this order; some published code takes the weights in
    reverse. What comes out is not rounded again. This lends a method the exposure that it failed to
    find: it adds 2 dB of PSNR to the best methods and 11 dB to the input itself.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.

    Returns:
        float64 in [0, 255]; a black picture stays black.

    Raises:
        DatasetError: The sizes differ.
    """
    check_pair(enhanced, gt)
    own = mean_brightness(enhanced)
    factor = mean_brightness(gt) / own if own > 0 else 1.0
    return np.clip(enhanced * factor, 0, 255)
