"""Structural similarity, at one and at several scales."""

from __future__ import annotations

import cv2
import numpy as np

from .brightness import scale_to_gt_mean
from .checks import check_pair, check_size

WINDOW = 11
DEVIATION = 1.5
STRIP = 64
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
SMALLEST_MS_SSIM_SIDE = (WINDOW - 1) * 2 ** (len(EXPONENTS) - 1) + 1
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
    scaled = scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced.astype(np.float64)
    return float(mean_similarity(scaled, gt.astype(np.float64)).mean())


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
    check_size(gt, 'MS-SSIM', SMALLEST_MS_SSIM_SIDE, SMALLEST_MS_SSIM_SIDE)
    x = scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced.astype(np.float64)
    y = gt.astype(np.float64)
    values = np.ones(3)
    for scale, exponent in enumerate(EXPONENTS, 1):
        last = scale == len(EXPONENTS)
        values *= np.maximum(mean_similarity(x, y, luminance=last), 0) ** exponent
        if not last:
            x, y = mean_of_fours(x), mean_of_fours(y)
    return float(values.mean())


def mean_similarity(x: np.ndarray, y: np.ndarray, luminance: bool = True) -> np.ndarray:
    """Mean similarity of each channel over all places where the window fits.

    Args:
        x: float64 (H, W, C) in [0, 255].
        y: Likewise.
        luminance: Whether luminance counts, or only contrast and structure.

    Returns:
        (C,).
    """
    height, width = x.shape[0] - WINDOW + 1, x.shape[1] - WINDOW + 1
    total = np.zeros(x.shape[2])
    # In strips that stay in the cache, which more than halves the time.
    for top in range(0, height, STRIP):
        rows = slice(top, min(top + STRIP, height) + WINDOW - 1)
        total += cv2.sumElems(_similarities(x[rows], y[rows], luminance))[: len(total)]
    return total / (height * width)


def _similarities(x: np.ndarray, y: np.ndarray, luminance: bool) -> np.ndarray:
    # In place where possible: new memory costs more than the arithmetic.
    mean_x, mean_y = window_means(x), window_means(y)
    squares = x * x
    squares += y * y
    variances = window_means(squares)  # of both pictures, needed only as their sum
    covariance = window_means(np.multiply(x, y, out=squares))
    product = mean_x * mean_y
    mean_x *= mean_x
    mean_y *= mean_y
    mean_x += mean_y
    variances -= mean_x
    variances += C2
    covariance -= product
    covariance *= 2
    covariance += C2
    if luminance:
        product *= 2
        product += C1
        covariance *= product
        mean_x += C1
        variances *= mean_x
    return np.divide(covariance, variances)


def window_means(image: np.ndarray) -> np.ndarray:
    """Means of (H, W, C) weighted with the Gaussian window, where it fits."""
    half = WINDOW // 2
    taps = np.exp(-(np.arange(-half, half + 1.0) ** 2) / (2 * DEVIATION**2))
    taps /= taps.sum()
    return cv2.sepFilter2D(image, cv2.CV_64F, taps, taps)[half:-half, half:-half]


def mean_of_fours(image: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels of (H, W, C); an odd last row or column counts twice."""
    height, width = image.shape[:2]
    if height % 2 or width % 2:
        image = np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode='edge')
    rows = image[::2] + image[1::2]
    return (rows[:, ::2] + rows[:, 1::2]) / 4
