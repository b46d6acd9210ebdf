"""Cuts a square of any size from a picture and brings it to a fixed size."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.srgb import luma_of


@TRANSFORMS.register_module()
class RandomAreaCrop(BaseTransform):
    """Cuts a square of random side from ``results[key]`` and reduces it to ``size``.

    The side is log-uniform from ``size`` to the short side of the picture, so that networks see
    both pixels and whole scenes. Reduction is by area. Squares that teach little are drawn again:
    nearly black, flat, or mostly white ones. Half of the squares are mirrored, a quarter turned.

    Args:
        size: Side of the result in pixels.
        key: Which picture, uint8 RGB (H, W, 3).
        tries: After so many draws the last one is taken as it is.

    Raises:
        ConfigError: ``size`` is below 1.
    """

    def __init__(self, size: int, key: str = 'normal', tries: int = 10) -> None:
        check_at_least(1, 'RandomAreaCrop.', size=size)
        self.size, self.key, self.tries = size, key, tries

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Cuts one square."""
        picture = results[self.key]
        for _ in range(self.tries):
            square = self._draw(picture)
            if not _teaches_little(square):
                break
        if np.random.random() < 0.5:
            square = square[:, ::-1]
        if np.random.random() < 0.25:
            square = np.rot90(square, np.random.choice((1, 3)))
        results[self.key] = np.ascontiguousarray(square)
        return results

    def _draw(self, picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        shortest = min(height, width)
        least = min(self.size, shortest)
        side = round(least * (shortest / least) ** np.random.random())
        top = np.random.randint(height - side + 1)
        left = np.random.randint(width - side + 1)
        square = picture[top : top + side, left : left + side]
        if side == self.size:
            return square
        method = cv2.INTER_AREA if side > self.size else cv2.INTER_CUBIC
        return cv2.resize(square, (self.size, self.size), interpolation=method)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size}, key={self.key!r}, tries={self.tries})'


def _teaches_little(square: np.ndarray) -> bool:
    luma = luma_of(square) / 255
    mean, chance = luma.mean(), np.random.random()
    if mean < 0.25:
        return bool(chance < (0.9 if mean < 0.12 else 0.25))
    is_flat, is_white = luma.std() < 0.03, (luma > 0.99).mean() > 0.35
    return bool((is_flat or is_white) and chance < 0.8)
