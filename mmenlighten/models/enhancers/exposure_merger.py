"""Training on brackets: one network that merges exposures to the light of the scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.mu_law import mu_law
from mmenlighten.utils.network_protocols import round_up, traits_of
from mmenlighten.utils.padding import Padding, crop_padding, pad_reflect
from mmenlighten.utils.precision import full_precision, without_autocast

from .paired_enhancer import PairedEnhancer

REFERENCE = slice(3, 6)
"""Channels of the middle frame, which the result shows as it is."""


@MODELS.register_module()
class ExposureMerger(PairedEnhancer):
    """Trains a network from three exposures to the light of the middle one.

    The network takes ``low`` (N, 9, H, W) in [-1, 1], three frames from dark to bright, and
    ``exposures`` (N, 3), 2^EV, and returns linear light (N, 3, H, W) in [-1, 1]. Arguments are
    those of :class:`PairedEnhancer`; losses compare with ``normal``, linear light.
    """

    def compute_losses(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of a batch by name.

        Args:
            inputs: ``low``, ``exposures`` and ``normal``. Where the network gives fewer pixels than
                there are, what it leaves out on all sides is not compared.
        """
        merged = self.generator(inputs['low'], inputs['exposures'])
        target = _centre(inputs['normal'], *merged.shape[-2:])
        with without_autocast(merged.device.type):
            merged, target = (self.in_range_of_losses(x) for x in (merged, target))
            return {name: loss(merged, target) for name, loss in self.losses.items()}

    def enhance(self, image: Tensor, exposures: Tensor | None = None) -> Tensor:
        """Merges brackets of any size with the averaged generator where there is one.

        Args:
            image: Three frames (N, 9, H, W) in [-1, 1].
            exposures: (N, 3).

        Returns:
            Linear light (N, 3, H, W) in [-1, 1], not clamped.

        Raises:
            ConfigError: There are no exposures.
        """
        if exposures is None:
            raise ConfigError(
                'The model merges brackets of three exposures, and nothing says which these are: '
                'give exposures.'
            )
        network = self.generator if self.generator_ema is None else self.generator_ema
        height, width = image.shape[-2:]
        multiple = traits_of(unwrap_model(self.generator)).size_multiple
        padding = _padding(height, width, multiple)
        return crop_padding(network(pad_reflect(image, padding), exposures), padding)

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        data_samples: Sequence[EnhanceDataSample] | None = None,
        mode: str = 'tensor',
    ) -> Tensor | list[EnhanceDataSample]:
        """Merges brackets.

        Args:
            inputs: ``low`` and ``exposures``.
            data_samples: One for each bracket; they come back with the result in ``predict``.
            mode: ``'tensor'`` returns light (N, 3, H, W) in [-1, 1], not clamped; ``'predict'``
                returns data samples with ``merged``, linear light in [0, 1], and ``enhanced``, a
                picture of it (mu-law, uint8).
        """
        light = self.enhance(inputs['low'], inputs['exposures'])
        if mode == 'tensor':
            return light
        if mode != 'predict':
            raise ValueError(f"mode {mode!r} is unknown: use 'tensor' or 'predict'.")
        if data_samples is None:
            data_samples = [EnhanceDataSample() for _ in light]
        light = ((full_precision(light) + 1) / 2).clamp(0, 1)
        for data_sample, own in zip(data_samples, light, strict=True):
            data_sample.merged = own
            data_sample.enhanced = (mu_law(own) * 255).round().to(torch.uint8)
        return list(data_samples)

    def displayed(self, image: Tensor) -> Tensor:
        """The middle frame (N, 3, H, W)."""
        return image[:, REFERENCE]

    def displayed_result(self, image: Tensor) -> Tensor:
        """A picture (N, 3, H, W) in [-1, 1] of light in [-1, 1], by the mu-law."""
        return mu_law(((full_precision(image) + 1) / 2).clamp(0, 1)) * 2 - 1


def _padding(height: int, width: int, multiple: int) -> Padding:
    """To multiples, of which there are two at least: reflection within a network needs pixels."""
    rows, columns = (round_up(max(n, 2 * multiple), multiple) - n for n in (height, width))
    return Padding(columns // 2, columns - columns // 2, rows // 2, rows - rows // 2)


def _centre(image: Tensor, height: int, width: int) -> Tensor:
    top, left = (image.shape[-2] - height) // 2, (image.shape[-1] - width) // 2
    return image[..., top : top + height, left : left + width]
