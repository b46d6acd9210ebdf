"""Brings a sample into the form that models expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmenlighten.photos.stored_channels import to_8_bits
from mmenlighten.registry import TRANSFORMS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import ConfigError

_IMAGE_KEYS = ('low', 'normal', 'darkened')
_META_KEYS = ('sample_idx', 'low_path', 'normal_path', 'ori_shape', 'darkness', 'camera_settings')


@TRANSFORMS.register_module()
class PackEnhanceInputs(BaseTransform):
    """Packs pictures as ``inputs`` and the rest as an :class:`EnhanceDataSample`.

    ``inputs`` is a dict of (3, H, W) tensors, RGB, uint8 or float32 in [0, 255]; pictures of 16
    bits become the latter, and so do planes of a mosaic, which are more or fewer. In place of a
    ``darkened`` picture that is deferred, the data sample carries the divisor ``darken_later``; in
    place of ``low`` and ``clean`` that are deferred, the ``camera_settings``.

    Args:
        inputs: Pictures that the model gets; by default those of ``low``, ``normal`` and
            ``darkened`` that there are.
        gt: Picture that results are compared with, or None; of 16 bits it is rounded to 8.

    Raises:
        ConfigError: While running, no earlier transform made such a picture.
    """

    def __init__(self, inputs: Sequence[str] | None = None, gt: str | None = None) -> None:
        self.inputs = None if inputs is None else tuple(inputs)
        self.gt = gt

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Packs one sample."""
        present = {*results, 'darkened'} if 'darken_later' in results else results
        keys = self.inputs or tuple(key for key in _IMAGE_KEYS if key in present)
        facts = {key: results[key] for key in _META_KEYS if key in results}
        if 'camera_settings' in results:
            keys = tuple(key for key in keys if key not in ('low', 'clean'))
        if 'darkened' in keys and 'darken_later' in results:
            keys = tuple(key for key in keys if key != 'darkened')
            facts['darken_later'] = results['darken_later']
        data_sample = EnhanceDataSample(metainfo=facts)
        if self.gt is not None:
            picture = self._picture(results, self.gt)
            is_deep = picture.dtype == np.uint16
            data_sample.gt = _to_tensor(to_8_bits(picture) if is_deep else picture)
        inputs = {key: _to_tensor(self._picture(results, key)) for key in keys}
        return dict(inputs=inputs, data_samples=data_sample)

    def _picture(self, results: dict[str, Any], key: str) -> np.ndarray:
        if key not in results:
            raise ConfigError(
                f'PackEnhanceInputs cannot pack {key!r}: no earlier transform of the pipeline '
                'makes it. Change inputs or gt, or the keys of LoadEnhanceImages.'
            )
        return results[key]

    def __repr__(self) -> str:
        return f'{type(self).__name__}(inputs={self.inputs}, gt={self.gt!r})'


def _to_tensor(picture: np.ndarray) -> torch.Tensor:
    if picture.dtype == np.uint16:
        picture = picture / np.float32(257)
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))
