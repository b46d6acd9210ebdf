"""Swaps rows and columns of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_share


@TRANSFORMS.register_module()
class RandomTranspose(BaseTransform):
    """Transposes ``results['img']`` (H, W) or (H, W, C) with some chance.

    With a horizontal and a vertical ``RandomFlip``, each with a chance of 1/2, that makes the eight
    positions that turns and mirrors give, with equal chance.

    Args:
        prob: The chance.

    Raises:
        ConfigError: It is no chance.
    """

    def __init__(self, prob: float = 0.5) -> None:
        check_share('RandomTranspose', prob=prob)
        self.prob = prob

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Transposes one picture, or not."""
        if self._draw() < self.prob:
            results['img'] = np.swapaxes(results['img'], 0, 1)
        return results

    @cache_randomness
    def _draw(self) -> float:
        return np.random.random()

    def __repr__(self) -> str:
        return f'{type(self).__name__}(prob={self.prob})'
