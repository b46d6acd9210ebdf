"""Peak signal-to-noise ratio."""

from __future__ import annotations

import math

import numpy as np

from .checks import check_pair
from .gt_mean import scale_to_gt_mean


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
