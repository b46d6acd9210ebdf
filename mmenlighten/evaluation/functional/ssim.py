"""Structural similarity."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.errors import DatasetError

from .checks import check_pair

WINDOW = 11


def ssim(enhanced: np.ndarray, gt: np.ndarray) -> float:
    """SSIM of Wang et al. (2004) on each RGB channel, then their mean.

    An 11x11 Gaussian window of deviation 1.5, K = (0.01, 0.03), L = 255, population covariance,
    only where the window fits (5 pixels are cut on each side). Higher is better, 1 is equal.
    Values on gray or on luma, which some papers report, are about 0.07 higher.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.

    Raises:
        DatasetError: The sizes differ, or a side is shorter than the window.
    """
    from skimage.metrics import structural_similarity

    check_pair(enhanced, gt)
    height, width = gt.shape[:2]
    if min(height, width) < WINDOW:
        raise DatasetError(
            f'SSIM needs pictures of at least {WINDOW}x{WINDOW} pixels; this one has '
            f'{width}x{height}.'
        )
    # Its default window is a 7x7 box; with these arguments it is the original definition.
    return float(
        structural_similarity(
            enhanced,
            gt,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
            channel_axis=2,
        )
    )
