"""Peak signal-to-noise ratio."""

from __future__ import annotations

import math

import numpy as np

from .checks import check_pair


def psnr(enhanced: np.ndarray, gt: np.ndarray) -> float:
    """PSNR in dB over all pixels and channels: 10 log10(255^2 / mean((enhanced - gt)^2)).

    No border is cut and no channel converted, as is the custom in low-light enhancement. Higher is
    better.

    Args:
        enhanced: uint8 RGB (H, W, 3), rounded.
        gt: The normal-light picture, likewise.

    Returns:
        The ratio; infinite for equal pictures.

    Raises:
        DatasetError: The sizes differ.
    """
    check_pair(enhanced, gt)
    difference = enhanced.astype(np.float64) - gt
    mean_squared_error = float(np.mean(difference * difference))
    return math.inf if mean_squared_error == 0 else 10 * math.log10(255**2 / mean_squared_error)
