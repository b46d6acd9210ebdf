"""Mean absolute error."""

from __future__ import annotations

import cv2
import numpy as np

from .checks import check_pair
from .gt_mean import scale_to_gt_mean


def mae(enhanced: np.ndarray, gt: np.ndarray, gt_mean: bool = False) -> float:
    """Mean absolute difference over all pixels and RGB channels, in [0, 255]; lower is better.

    Some papers give it in [0, 1]: divide by 255.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Raises:
        DatasetError: The sizes differ.
    """
    check_pair(enhanced, gt)
    if gt_mean:
        return float(np.abs(scale_to_gt_mean(enhanced, gt) - gt).mean())
    return float(cv2.absdiff(enhanced, gt).mean())
