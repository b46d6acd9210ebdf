"""Structural similarity at several scales."""

from __future__ import annotations

import numpy as np

from .checks import check_pair, check_size
from .gt_mean import scale_to_gt_mean
from .ssim import WINDOW, mean_similarity

EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
SMALLEST_SIDE = (WINDOW - 1) * 2 ** (len(EXPONENTS) - 1) + 1


def ms_ssim(enhanced: np.ndarray, gt: np.ndarray, gt_mean: bool = False) -> float:
    """MS-SSIM of Wang, Simoncelli and Bovik (2003) on each RGB channel, then their mean.

    Its five scales and exponents; each scale has the window, region and constants of :func:`ssim`,
    and the next one is the mean of 2x2 pixels. An odd last row or column is doubled, as in the
    original code. Negative means over a scale count as 0. Higher is better, 1 is equal.

    torchmetrics differs: at the last scale it also takes windows that stick out of the picture, it
    averages channels before the powers, and leaves odd rows out.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Raises:
        DatasetError: The sizes differ, or a side is shorter than the window at the last scale.
    """
    check_pair(enhanced, gt)
    check_size(gt, 'MS-SSIM', SMALLEST_SIDE, SMALLEST_SIDE)
    x = scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced.astype(np.float64)
    y = gt.astype(np.float64)
    values = np.ones(3)
    for scale, exponent in enumerate(EXPONENTS, 1):
        last = scale == len(EXPONENTS)
        values *= np.maximum(mean_similarity(x, y, luminance=last), 0) ** exponent
        if not last:
            x, y = mean_of_fours(x), mean_of_fours(y)
    return float(values.mean())


def mean_of_fours(image: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels of (H, W, C); an odd last row or column counts twice."""
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode='edge')
    rows = image[::2] + image[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) / 4
