"""Cuts the same window from planes of a mosaic and from what they are to become."""

from __future__ import annotations

from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import DatasetError


@TRANSFORMS.register_module()
class RandomRawCrop(BaseTransform):
    """Cuts a random square from ``results['low']``, and its pixels from ``results['normal']``.

    The latter is larger, by 2 after ``PackBayer`` and by 3 after ``PackXTrans``.

    Args:
        size: Side of the square in packed pixels.

    Raises:
        ConfigError: ``size`` is below 1.
        DatasetError: While running, a picture is smaller.
    """

    def __init__(self, size: int) -> None:
        check_at_least(1, 'RandomRawCrop.', size=size)
        self.size = size

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Cuts both pictures of one sample."""
        low, normal, size = results['low'], results['normal'], self.size
        height, width = low.shape[:2]
        if min(height, width) < size:
            raise DatasetError(
                f'{results.get("low_path")} has {width}x{height} packed pixels, fewer than the '
                f'crop of {size}x{size}: set a smaller RandomRawCrop.size in the pipeline.'
            )
        top, left = np.random.randint(height - size + 1), np.random.randint(width - size + 1)
        results['low'] = low[top : top + size, left : left + size]
        factor = normal.shape[0] // height
        rows, columns = (slice(at * factor, (at + size) * factor) for at in (top, left))
        results['normal'] = normal[rows, columns]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size})'
