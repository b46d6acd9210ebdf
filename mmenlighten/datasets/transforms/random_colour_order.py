"""Exchanges the colours of a picture."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmenlighten.registry import TRANSFORMS

ORDERS = tuple(permutations(range(3)))


@TRANSFORMS.register_module()
class RandomColourOrder(BaseTransform):
    """Puts the colours of ``results['img']`` (H, W, 3 n) into one of their six orders.

    All n pictures that lie one after the other in channels get the same one; for several keys wrap
    it in mmcv's ``TransformBroadcaster`` with ``share_random_params=True``.
    """

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Exchanges the colours of one picture."""
        image = results['img']
        order = np.array(ORDERS[self._draw()])
        starts = np.arange(0, image.shape[2], 3)
        results['img'] = image[..., (starts[:, None] + order).ravel()]
        return results

    @cache_randomness
    def _draw(self) -> int:
        return np.random.randint(len(ORDERS))

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'
