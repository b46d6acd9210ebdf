"""Structural similarity."""

from __future__ import annotations

import numpy as np

from .checks import check_pair, check_size
from .gt_mean import scale_to_gt_mean

WINDOW = 11


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
    from skimage.metrics import structural_similarity

    check_pair(enhanced, gt)
    check_size(gt, 'SSIM', WINDOW, WINDOW)
    # Its default window is a 7x7 box; with these arguments it is the original definition.
    return float(
        structural_similarity(
            scale_to_gt_mean(enhanced, gt) if gt_mean else enhanced,
            gt,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
            channel_axis=2,
        )
    )
