"""Brightness taken from the ground truth."""

from __future__ import annotations

import numpy as np

from .brightness import mean_brightness
from .checks import check_pair


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
