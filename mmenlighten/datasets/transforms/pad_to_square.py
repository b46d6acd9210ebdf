"""Makes squares of pictures that are too small for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError


@TRANSFORMS.register_module()
class PadToSquare(BaseTransform):
    """Mirrors pictures to the bottom and right, edge pixels included, until they are squares.

    ``results['<key>_mask']`` (size, size, 1), uint8, is 255 where the picture was and 0 where it
    was mirrored to, so that losses can leave that out.

    Args:
        size: Side of the squares in pixels.
        keys: Which pictures, (H, W, 3).

    Raises:
        ConfigError: ``size`` is below 1, or, while running, a picture is larger.
    """

    def __init__(self, size: int, keys: Sequence[str] = ('low', 'normal')) -> None:
        check_at_least(1, 'PadToSquare.', size=size)
        self.size, self.keys = size, tuple(keys)

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Pads the pictures of one sample."""
        for key in self.keys:
            height, width = results[key].shape[:2]
            bottom, right = self.size - height, self.size - width
            if bottom < 0 or right < 0:
                raise ConfigError(
                    f'PadToSquare.size={self.size}: a picture {key!r} is {width}x{height}. Set '
                    f'longest={self.size} for LoadEnhanceImages, which reduces it.'
                )
            mask = np.zeros((self.size, self.size, 1), np.uint8)
            mask[:height, :width] = 255
            # What OpenCV calls reflection is with the edge pixel: `a b c | c b a`.
            image = np.ascontiguousarray(results[key])
            results[key] = cv2.copyMakeBorder(image, 0, bottom, 0, right, cv2.BORDER_REFLECT)
            results[f'{key}_mask'] = mask
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(size={self.size}, keys={self.keys})'
