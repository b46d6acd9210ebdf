"""What measures demand of their pictures."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.errors import DatasetError


def check_pair(enhanced: np.ndarray, gt: np.ndarray) -> None:
    """Refuses what is not a pair of finished pictures of one size; nothing is resized silently.

    Raises:
        DatasetError: The sizes differ.
        ValueError: A picture is not uint8 (H, W, 3).
    """
    for image in (enhanced, gt):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
            raise ValueError(f'Expected uint8 (H, W, 3), got {image.dtype} {image.shape}.')
    if enhanced.shape != gt.shape:
        (height, width), (gt_height, gt_width) = enhanced.shape[:2], gt.shape[:2]
        raise DatasetError(
            f'The enhanced picture has {width}x{height} pixels and its ground truth '
            f'{gt_width}x{gt_height}: bring both to one size before comparing them.'
        )
