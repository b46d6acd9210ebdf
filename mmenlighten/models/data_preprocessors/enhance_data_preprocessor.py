"""Stacks the pictures of a batch and maps them to the models' range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from mmengine.model import BaseDataPreprocessor

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.tensor_image import to_model_range


@MODELS.register_module()
class EnhanceDataPreprocessor(BaseDataPreprocessor):
    """Turns ``inputs`` of RGB pictures in [0, 255] into (N, 3, H, W) batches in [-1, 1].

    MMEngine's default ``pseudo_collate`` hands over lists of pictures; batches that are stacked
    already are taken as they are.
    """

    def forward(self, data: Mapping[str, Any], training: bool = False) -> dict[str, Any]:
        """Moves a batch to the device and stacks it.

        Args:
            data: ``inputs``: a dict of lists of (3, H, W) tensors or of (N, 3, H, W) tensors,
                and optionally ``data_samples``: a list of :class:`EnhanceDataSample`.
            training: Not used; part of MMEngine's interface.

        Raises:
            DatasetError: Pictures of one batch differ in size.
        """
        data = self.cast_data(data)
        inputs = {}
        for key, images in data['inputs'].items():
            if not isinstance(images, torch.Tensor):
                sizes = {tuple(image.shape[-2:]) for image in images}
                if len(sizes) > 1:
                    raise DatasetError(
                        f'The pictures {key!r} of one batch differ in size ({sorted(sizes)}): crop '
                        'them in the pipeline or set batch_size=1 in the dataloader.'
                    )
                images = torch.stack(list(images))
            inputs[key] = to_model_range(images)
        return dict(inputs=inputs, data_samples=data.get('data_samples'))
