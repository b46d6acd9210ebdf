"""Differences of pixels: PSNR, mean absolute error and colour difference."""

from __future__ import annotations

import math

import cv2
import numpy as np

from .brightness import scale_to_gt_mean
from .checks import check_pair


def psnr(enhanced: np.ndarray, gt: np.ndarray, gt_mean: bool = False) -> float:
    """PSNR in dB over all pixels and channels: 10 log10(255^2 / mean((enhanced - gt)^2)).

    No border is cut and no channel converted, as is the custom in low-light enhancement. Higher is
    better.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Returns:
        The ratio; infinite for equal pictures.

    Raises:
        DatasetError: The sizes differ.
    """
    check_pair(enhanced, gt)
    if gt_mean:
        difference = scale_to_gt_mean(enhanced, gt) - gt
        mean_squared_error = float(np.mean(difference * difference))
    else:
        # Whole numbers: exact, and faster than floating point.
        difference = (enhanced.astype(np.int16) - gt).ravel().astype(np.int32)
        mean_squared_error = int(np.sum(difference * difference, dtype=np.int64)) / difference.size
    return math.inf if mean_squared_error == 0 else 10 * math.log10(255**2 / mean_squared_error)


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


def delta_e_2000(enhanced: np.ndarray, gt: np.ndarray, gt_mean: bool = False) -> float:
    """Mean over pixels of the CIEDE2000 colour difference (CIE 142-2001, kL = kC = kH = 1).

    RGB is taken for sRGB; Lab is that of D65 and the 2 degree observer. About 1 is just visible.
    Lower is better.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.
        gt_mean: Whether to apply :func:`scale_to_gt_mean` first.

    Raises:
        DatasetError: The sizes differ.
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    check_pair(enhanced, gt)
    scaled = scale_to_gt_mean(enhanced, gt) / 255 if gt_mean else enhanced
    return float(deltaE_ciede2000(rgb2lab(gt), rgb2lab(scaled)).mean())
