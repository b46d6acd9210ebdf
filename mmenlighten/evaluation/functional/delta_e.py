"""Difference of colours."""

from __future__ import annotations

import numpy as np

from .checks import check_pair
from .gt_mean import scale_to_gt_mean


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
