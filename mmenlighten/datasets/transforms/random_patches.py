"""Cuts patches out of a picture."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from mmcv.transforms.utils import cache_randomness

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least

from .random_crop import RandomCrop


@TRANSFORMS.register_module()
class RandomPatches(RandomCrop):
    """Cuts random squares from ``results['img']`` and lays them on top of each other.

    So that a picture that was read gives more than one of them. The result (number * size, size, C)
    is a picture for all that follows, such as one darkening for the patches of a picture. What is
    said of pictures that are too small, and of several pictures, is as for :class:`RandomCrop`.

    Args:
        size: Side of the patches in pixels.
        number: How many.

    Raises:
        ConfigError: One of them is below 1.
    """

    # Its own: mmcv would add the method below to what the base class shares.
    _methods_with_randomness: ClassVar[list[str]] = []

    def __init__(self, size: int, number: int) -> None:
        super().__init__(size)
        check_at_least(1, 'RandomPatches.', number=number)
        self.number = number

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Cuts the patches of one picture (H, W) or (H, W, C)."""
        image = self._enlarge(results['img'])
        height, width = self.size
        patches = []
        for down, right in self._draw_positions():
            top = int(down * (image.shape[0] - height + 1))
            left = int(right * (image.shape[1] - width + 1))
            patches.append(image[top : top + height, left : left + width])
        results['img'] = np.concatenate(patches)
        return results

    @cache_randomness
    def _draw_positions(self) -> np.ndarray:
        return np.random.random((self.number, 2))

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size[0]}, number={self.number})'
