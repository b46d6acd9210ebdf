"""Turns and mirrors a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError

SYMMETRIES = 8
"""Of a square: four turns, and each of them mirrored."""


@TRANSFORMS.register_module()
class RandomSymmetry(BaseTransform):
    """Puts ``results['img']`` (H, W) or (H, W, C) into one of the eight positions of a square.

    One index is drawn, with equal chance: 2k is k quarter turns against the clock, 2k + 1 the same
    and then upside down. Turns by a quarter swap the sides, so cut squares first. For pairs wrap it
    in mmcv's ``TransformBroadcaster`` with ``share_random_params=True``.

    Args:
        indices: Which positions there are; by default all, (0, 1) for none and upside down.

    Raises:
        ConfigError: There is no such position, or none at all.
    """

    def __init__(self, indices: Sequence[int] = tuple(range(SYMMETRIES))) -> None:
        if not indices or not set(indices) <= set(range(SYMMETRIES)):
            raise ConfigError(f'RandomSymmetry indices={list(indices)}: give some of 0 to 7.')
        self.indices = tuple(indices)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Turns one picture."""
        results['img'] = symmetric(results['img'], self._draw())
        return results

    @cache_randomness
    def _draw(self) -> int:
        return self.indices[np.random.randint(len(self.indices))]

    def __repr__(self) -> str:
        return f'{type(self).__name__}(indices={self.indices})'


def symmetric(image: np.ndarray, index: int) -> np.ndarray:
    """A view of a picture (H, W) or (H, W, C) in one of its eight positions (0 to 7)."""
    turned = np.rot90(image, index // 2)
    return np.flipud(turned) if index % 2 else turned
