"""Unpaired training of the Disentangled Dehazing Network (Yang et al., AAAI 2018), our reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapperDict
from torch import Tensor, nn

from mmenlighten.models import TrainedEnhancer
from mmenlighten.models.losses import TotalVariationLoss
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.precision import full_precision

from .scattering import compose

LOSS_WEIGHTS = dict(generator=1.0, reconstruction=10.0, smoothness=1e-3)
"""What the generator's loss is the weighted sum of; our choice."""


@MODELS.register_module()
class DisentangledDehazing(TrainedEnhancer):
    """Learns to take haze off images from hazy and clear ones that show different scenes.

    Scene, transmission and light must reconstruct the hazy image by the model of scattering, and
    discriminators of several scales compare scenes with clear images. ``low`` are the hazy images
    (or those in low light, which the generator inverts), ``normal`` the clear ones.

    Args:
        generator: Config of a :class:`.DehazingGenerator`.
        discriminator: Config of a network that returns scores for several scales.
        gan_loss: Config of the adversarial loss.
        loss_weights: Weights of ``generator`` (adversarial), ``reconstruction`` and ``smoothness``
            (of the transmission); those not named are 1, 10 and 0.001.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`TrainedEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    def __init__(
        self,
        generator: dict[str, Any],
        discriminator: dict[str, Any],
        gan_loss: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        self.inverted = generator.get('inverted', False)
        self.discriminator: nn.Module = MODELS.build(discriminator)
        self.gan_loss = MODELS.build(gan_loss or dict(type='GANLoss'))
        self.total_variation = TotalVariationLoss()
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update: the generator first; the discriminator learns from what it made before."""
        inputs = self.data_preprocessor(data, training=True)['inputs']
        # Without haze, and inverted where scenes are.
        clear = -inputs['normal'] if self.inverted else inputs['normal']
        losses: dict[str, Tensor] = {}
        with (
            torch.set_grad_enabled(self.update_generator),
            optim_wrapper['generator'].optim_context(self.generator),
        ):
            hazy, scene, transmission, light = self.generator(inputs['low'], parts=True)

        with optim_wrapper['discriminator'].optim_context(self.discriminator):
            real, fake = self.discriminator(clear), self.discriminator(2 * scene - 1)
        scores = [tuple(map(full_precision, pair)) for pair in zip(real, fake)]
        losses['generator'] = _sum(self.gan_loss.generator(*pair) for pair in scores)
        losses['discriminator'] = _sum(self.gan_loss.discriminator(*pair) for pair in scores)

        if self.update_generator:
            # The parts make up the hazy image again: I = J t + A (1 - t).
            losses['reconstruction'] = F.l1_loss(compose(scene, transmission, light), hazy)
            losses['smoothness'] = self.total_variation(transmission)
            learned = {name: losses[name] for name in self.loss_weights}
            self.update_generators(optim_wrapper, learned, retain_graph=True)
        self.update(optim_wrapper, losses['discriminator'], ['discriminator'])
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Transmission and light of the image, as pictures."""
        _, scene, transmission, light = self.generator(inputs['low'], parts=True)
        return {
            'transmission': 2 * transmission.expand_as(scene) - 1,
            'scattered light': 2 * light.expand_as(scene) - 1,
        }


def _sum(losses: Any) -> Tensor:
    return torch.stack(list(losses)).sum()
