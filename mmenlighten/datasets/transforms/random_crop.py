"""Cuts a window of fixed size from a picture."""

from __future__ import annotations

import logging
import math
from typing import Any

import cv2
import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness
from mmengine.logging import print_log

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.shared_array import SharedArray


@TRANSFORMS.register_module()
class RandomCrop(BaseTransform):
    """Cuts a random window from ``results['img']``; all positions have the same chance.

    A picture that is smaller than the window is first enlarged, with its aspect kept, until the
    window fits; this is said once in a run. For several pictures wrap it in mmcv's
    ``TransformBroadcaster``: with ``share_random_params=True`` pictures of one size get the same
    window.

    Args:
        size: Height and width of the window in pixels, or one number for both.
    """

    def __init__(self, size: int | tuple[int, int]) -> None:
        self.size = (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
        check_positive('RandomCrop', height=self.size[0], width=self.size[1])
        self._enlarged = SharedArray(1, torch.uint8)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Cuts the window from one picture (H, W) or (H, W, C)."""
        image = self._enlarge(results['img'])
        height, width = self.size
        down, right = self._draw_position()
        top = int(down * (image.shape[0] - height + 1))
        left = int(right * (image.shape[1] - width + 1))
        results['img'] = image[top : top + height, left : left + width]
        return results

    @cache_randomness
    def _draw_position(self) -> tuple[float, float]:
        # Fractions below 1 instead of pixels, so that pictures of two sizes can share them.
        return np.random.random(), np.random.random()

    def _enlarge(self, image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        scale = max(self.size[0] / height, self.size[1] / width)
        if scale <= 1:
            return image
        if not self._enlarged[0]:
            self._enlarged[0] = 1
            print_log(
                f'A picture of {width}x{height} pixels is smaller than the crop of '
                f'{self.size[1]}x{self.size[0]} and is enlarged, as will be all others that are; '
                'set a smaller crop size to avoid it.',
                logger='current',
                level=logging.WARNING,
            )
        new_size = (
            max(self.size[1], math.ceil(width * scale - 1e-6)),
            max(self.size[0], math.ceil(height * scale - 1e-6)),
        )
        return cv2.resize(image, new_size, interpolation=cv2.INTER_LINEAR)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
