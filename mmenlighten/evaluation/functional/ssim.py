"""Structural similarity."""

from __future__ import annotations

import cv2
import numpy as np

from .checks import check_pair, check_size
from .gt_mean import scale_to_gt_mean

WINDOW = 11
DEVIATION = 1.5
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(enhanced: np.ndarray, gt: np.ndarray, gt_mean: bool = False) -> float:
    """SSIM of Wang et al. (2004) on each RGB channel, then their mean.

    An 11x11 Gaussian window of deviation 1.5, K = (0.01, 0.03), L = 255, population covariance,
    only where the window fits (5 pixels are cut on each side). Higher is better, 1 is equal.
    Values on gray or on luma, which some papers report, are about 0.07 higher.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Raises:
        DatasetError: The sizes differ, or a side is shorter than the window.
    """
    check_pair(enhanced, gt)
    check_size(gt, 'SSIM', WINDOW, WINDOW)
    luminance, contrast = similarities(
        scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced.astype(np.float64),
        gt.astype(np.float64),
    )
    return float(np.mean(luminance * contrast))


def similarities(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Similarity of luminance, and of contrast and structure, at each place of the window.

    Args:
        x: float64 (H, W, C) in [0, 255].
        y: Likewise.

    Returns:
        Two arrays (H - 10, W - 10, C); their product is SSIM.
    """
    mean_x, mean_y = window_means(x), window_means(y)
    square_x, square_y, product = mean_x * mean_x, mean_y * mean_y, mean_x * mean_y
    # The two variances are needed only as their sum.
    variances = window_means(x * x + y * y) - square_x - square_y
    covariance = window_means(x * y) - product
    luminance = (2 * product + C1) / (square_x + square_y + C1)
    return luminance, (2 * covariance + C2) / (variances + C2)


def window_means(image: np.ndarray) -> np.ndarray:
    """Means weighted with the Gaussian window, where it fits."""
    half = WINDOW // 2
    taps = np.exp(-(np.arange(-half, half + 1.0) ** 2) / (2 * DEVIATION**2))
    taps /= taps.sum()
    return cv2.sepFilter2D(image, cv2.CV_64F, taps, taps)[half:-half, half:-half]
