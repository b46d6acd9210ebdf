"""Brings a sample into the form that models expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import ConfigError

_IMAGE_KEYS = ('low', 'normal', 'darkened')
_META_KEYS = ('sample_idx', 'low_path', 'normal_path', 'ori_shape', 'darkness', 'camera_settings')


@TRANSFORMS.register_module()
class PackEnhanceInputs(BaseTransform):
    """Packs pictures as ``inputs`` and the rest as an :class:`EnhanceDataSample`.

    ``inputs`` is a dict of (3, H, W) tensors, RGB, uint8 or float32 in [0, 255]. In place of a
    ``darkened`` picture that is deferred, the data sample carries the divisor ``darken_later``; in
    place of ``low`` and ``clean`` that are deferred, the ``camera_settings``.

    Args:
        inputs: Pictures that the model gets; by default those of ``low``, ``normal`` and
            ``darkened`` that there are.
        gt: Picture (uint8) that results are compared with, or None.

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
            data_sample.gt = self._to_tensor(results, self.gt)
        inputs = {key: self._to_tensor(results, key) for key in keys}
        return dict(inputs=inputs, data_samples=data_sample)

    def _to_tensor(self, results: dict[str, Any], key: str) -> torch.Tensor:
        if key not in results:
            raise ConfigError(
                f'PackEnhanceInputs cannot pack {key!r}: no earlier transform of the pipeline '
                'makes it. Change inputs or gt, or the keys of LoadEnhanceImages.'
            )
        return torch.from_numpy(np.ascontiguousarray(results[key].transpose(2, 0, 1)))

    def __repr__(self) -> str:
        return f'{type(self).__name__}(inputs={self.inputs}, gt={self.gt!r})'
