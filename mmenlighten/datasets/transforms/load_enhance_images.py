"""Reads the pictures of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.photos.image_io import read_image
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError


@TRANSFORMS.register_module()
class LoadEnhanceImages(BaseTransform):
    """Reads ``results['<key>_path']`` into ``results['<key>']`` for each key.

    Pictures are (H, W, 3), uint8, RGB. ``results['ori_shape']`` becomes (H, W) of the first one.
    ``results['image_reader']``, where the data set gives one, reads in place of
    :func:`~mmenlighten.photos.image_io.read_image`.

    Args:
        keys: Kinds of pictures to read.
        longest: Longer side in pixels, to which larger pictures are reduced by area; None leaves
            all as they are.

    Raises:
        ConfigError: ``longest`` is below 1, or, while running, the data set has no file of such a
            kind.
        ImageReadError: While running, a file cannot be read.
    """

    def __init__(self, keys: Sequence[str] = ('low', 'normal'), longest: int | None = None) -> None:
        if longest is not None:
            check_at_least(1, 'LoadEnhanceImages.', longest=longest)
        self.keys, self.longest = tuple(keys), longest

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Reads the pictures of one sample."""
        read = results.get('image_reader', read_image)
        for key in self.keys:
            if f'{key}_path' not in results:
                kinds = [name[: -len('_path')] for name in results if name.endswith('_path')]
                raise ConfigError(
                    f'LoadEnhanceImages cannot load {key!r}: the data set has only '
                    f'{", ".join(kinds)}. Change keys in the pipeline.'
                )
            results[key] = self._reduced(read(results[f'{key}_path']))
        results['ori_shape'] = results[self.keys[0]].shape[:2]
        return results

    def _reduced(self, image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        if self.longest is None or max(height, width) <= self.longest:
            return image
        scale = self.longest / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return cv2.resize(image, size, interpolation=cv2.INTER_AREA)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(keys={self.keys}, longest={self.longest})'
