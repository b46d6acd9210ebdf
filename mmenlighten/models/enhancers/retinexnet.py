"""RetinexNet: deep Retinex decomposition for low-light enhancement (Wei et al., 2018)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.precision import full_precision, without_autocast

from .paired_enhancer import PairedEnhancer

DECOMPOSITION, ADJUSTMENT = 0, 1
"""The phases of the training."""


@MODELS.register_module()
class RetinexNet(PairedEnhancer):
    """RetinexNet, with the losses of the official program; in phases of ``train_cfg.phase_epochs``.

    In the first phase, pairs are split into reflectance and illumination. In the second one, what
    splits stays as it is, and the illumination of low light learns to become that of normal light.
    Under distributed training each phase leaves a network without gradients, so configs set
    ``model_wrapper_cfg.find_unused_parameters=True``.

    Args:
        generator: Config of both networks, a :class:`.RetinexNetGenerator`.
        losses: Configs of ``decom``, a :class:`.RetinexDecomLoss`, and ``relight``, a
            :class:`.RetinexRelightLoss`; those not named are of the public program.
        options: Other arguments of :class:`PairedEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    LOSS_WEIGHTS: ClassVar[Mapping[str, float]] = dict(
        low=1.0,
        normal=1.0,
        mutual_low=0.001,
        mutual_normal=0.001,
        reflectance=0.01,
        smooth_low=0.1,
        smooth_normal=0.1,
        relit=1.0,
        smooth_relit=3.0,
    )
    """Of the public program; the released weights were trained with ``smooth_relit=1``."""

    def __init__(
        self,
        generator: dict[str, Any],
        losses: Mapping[str, dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        defaults = dict(
            decom=dict(type='RetinexDecomLoss'), relight=dict(type='RetinexRelightLoss')
        )
        super().__init__(generator, {**defaults, **(losses or {})}, **options)

    def compute_losses(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of the present phase, in their terms."""
        low, normal = inputs['low'], inputs['normal']
        if self.phase == DECOMPOSITION:
            parts = self.generator(torch.cat([low, normal]), 'decompose')
        else:
            parts = self.generator(low, 'relight')
        with without_autocast(low.device.type):
            reflectance, light = map(full_precision, parts)
            low, normal = self.in_range_of_losses(low), self.in_range_of_losses(normal)
            if self.phase != DECOMPOSITION:
                return self.losses['relight'](normal, reflectance, light)
            of_low, of_normal = zip(reflectance.chunk(2), light.chunk(2), strict=True)
            return self.losses['decom'](low, normal, of_low, of_normal)

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Reflectance and illumination of the low-light image, and the latter adjusted."""
        reflectance, light = self.generator(inputs['low'], 'decompose')
        _, adjusted = self.generator(inputs['low'], 'relight')
        pictures = {'reflectance': reflectance, 'illumination': light, 'adjusted': adjusted}
        return {name: 2 * image.expand(-1, 3, -1, -1) - 1 for name, image in pictures.items()}
