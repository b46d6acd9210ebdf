"""Stacks the images of a batch and maps them to the models' range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from mmenlighten.camera.batched import take_photographs
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.mmengine_parts import BaseDataPreprocessor
from mmenlighten.utils.tensor_image import to_model_range

NUMBERS = ('exposures',)
"""Inputs that are no images, and stay as they are."""


@MODELS.register_module()
class EnhanceDataPreprocessor(BaseDataPreprocessor):
    """Turns ``inputs`` of RGB images in [0, 255] into (N, 3, H, W) batches in [-1, 1].

    MMEngine's default ``pseudo_collate`` hands over lists of images; batches that are stacked
    already, as by ``stack_collate``, are taken as they are.

    What transforms deferred is made here, on the device: where data samples carry a divisor
    ``darken_later``, the input ``darkened`` is ``low`` divided by it; where they carry
    ``camera_settings``, ``low``, ``clean`` and ``normal`` are what the synthetic camera makes of
    the photographs ``normal``.

    ``exposures`` (3,) of brackets are stacked alone.

    Args:
        non_blocking: Whether the program goes on while a batch is copied to the device; None for
            those in pinned memory (``pin_memory`` of the data loader) on a CUDA device.
    """

    def __init__(self, non_blocking: bool | None = None) -> None:
        super().__init__(bool(non_blocking))
        self.only_if_pinned = non_blocking is None

    def forward(self, data: Mapping[str, Any], training: bool = False) -> dict[str, Any]:
        """Moves a batch to the device and stacks it.

        Args:
            data: ``inputs``: a dict of lists of (3, H, W) tensors or of (N, 3, H, W) tensors,
                and optionally ``data_samples``: a list of :class:`EnhanceDataSample`.
            training: Not used; part of MMEngine's interface.

        Raises:
            DatasetError: Images of one batch differ in size.
        """
        data = self.cast_data(data)
        inputs = {key: self._stack(key, images) for key, images in data['inputs'].items()}
        data_samples = data.get('data_samples')
        if data_samples and 'darken_later' in data_samples[0]:
            times = [data_sample.darken_later for data_sample in data_samples]
            inputs['darkened'] = self._darken(inputs['low'], times)
        if data_samples and 'camera_settings' in data_samples[0]:
            settings = [data_sample.camera_settings for data_sample in data_samples]
            inputs.update(take_photographs(inputs['normal'], settings))
        batch = {
            key: values if key in NUMBERS else to_model_range(values)
            for key, values in inputs.items()
        }
        return dict(inputs=batch, data_samples=data_samples)

    def cast_data(self, data: Any) -> Any:
        """Moves all tensors in nested containers to the device."""
        if self.only_if_pinned and isinstance(data, torch.Tensor):
            is_pinned = self.device.type == 'cuda' and data.is_pinned()
            return data.to(self.device, non_blocking=is_pinned)
        return super().cast_data(data)

    def _stack(self, key: str, images: Any) -> torch.Tensor:
        if isinstance(images, torch.Tensor):
            return images
        sizes = {tuple(image.shape[-2:]) for image in images}
        if len(sizes) > 1:
            raise DatasetError(
                f'The pictures {key!r} of one batch differ in size ({sorted(sizes)}): crop '
                'them in the pipeline or set batch_size=1 in the dataloader.'
            )
        return torch.stack(list(images))

    def _darken(self, low: torch.Tensor, times: list[float]) -> torch.Tensor:
        divisors = torch.tensor(times, dtype=torch.float32).view(-1, 1, 1, 1)
        if self.device.type == 'cuda':
            divisors = divisors.pin_memory()  # a copy from other memory waits for the GPU
        # By a tensor: CUDA would multiply by the rounded inverse of a number.
        return low.float() / self.cast_data(divisors)
