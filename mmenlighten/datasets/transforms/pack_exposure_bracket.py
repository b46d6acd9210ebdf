"""Brings a bracket into the form that models expect."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.mu_law import mu_law

_META_KEYS = ('sample_idx', 'low_path', 'ori_shape')


@TRANSFORMS.register_module()
class PackExposureBracket(BaseTransform):
    """Packs ``ldr``, ``exposures`` and ``hdr`` by the names that all models have for such things.

    ``inputs`` is a dict of ``low`` (9, H, W) and, in training, ``normal`` (3, H, W), float32 in
    [0, 255], and ``exposures`` (3,).

    Args:
        gt: Whether the light is what results are compared with: not ``inputs['normal']`` then, but
            ``hdr`` of the data sample, and ``gt``, which is a picture of it (mu-law, uint8).
    """

    def __init__(self, gt: bool = False) -> None:
        self.gt = gt

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Packs one sample."""
        facts = {key: results[key] for key in _META_KEYS if key in results}
        data_sample = EnhanceDataSample(metainfo=facts)
        inputs = dict(
            low=_to_tensor(results['ldr'] * np.float32(255)),
            exposures=torch.from_numpy(results['exposures']),
        )
        light = results['hdr']
        if self.gt:
            data_sample.hdr = _to_tensor(light)
            picture = (mu_law(light.clip(0, 1)) * 255).round().astype(np.uint8)
            data_sample.gt = _to_tensor(picture)
        else:
            inputs['normal'] = _to_tensor(light * np.float32(255))
        return dict(inputs=inputs, data_samples=data_sample)

    def __repr__(self) -> str:
        return f'{type(self).__name__}(gt={self.gt})'


def _to_tensor(picture: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))
