"""Reads the pictures of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.image_io import read_image


@TRANSFORMS.register_module()
class LoadEnhanceImages(BaseTransform):
    """Reads ``results['<key>_path']`` into ``results['<key>']`` for each key.

    Pictures are (H, W, 3), uint8, RGB. ``results['ori_shape']`` becomes (H, W) of the first one.
    ``results['image_reader']``, where the data set gives one, reads in place of
    :func:`~mmenlighten.utils.image_io.read_image`.

    Args:
        keys: Kinds of pictures to read.

    Raises:
        ConfigError: While running, the data set has no file of such a kind.
        ImageReadError: While running, a file cannot be read.
    """

    def __init__(self, keys: Sequence[str] = ('low', 'normal')) -> None:
        self.keys = tuple(keys)

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
            results[key] = read(results[f'{key}_path'])
        results['ori_shape'] = results[self.keys[0]].shape[:2]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(keys={self.keys})'
