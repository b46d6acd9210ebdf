"""Unpaired training of UD-GAN (Jin et al., ICIP 2019), our reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from mmengine.optim import OptimWrapperDict
from torch import Tensor, nn

from mmenlighten.models import TrainedEnhancer
from mmenlighten.models.losses import LuminanceAdjustment
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.precision import full_precision

LOSS_WEIGHTS = dict(generator_clean=1.0, generator_rain=1.0, background=1.0)
"""What the generator's loss is the weighted sum of; our choice."""


@MODELS.register_module()
class UnsupervisedDeraining(TrainedEnhancer):
    """Learns to take rain off images from rainy and clean ones that show different scenes.

    Three things guide the generator: gradients of the blurred background, which shall stay; a
    discriminator of clean images, brought to the brightness of what was derained; and one that
    tells rainy images from clean ones with the streaks that were taken off another image. ``low``
    are the rainy images, ``normal`` the clean ones.

    Args:
        generator: Config of the network that derains.
        clean_discriminator: Config of the network that scores clean images.
        rain_discriminator: Config of the network that scores rainy images.
        background_loss: Config of the loss between derained and rainy image.
        gan_loss: Config of the adversarial losses.
        loss_weights: Weights of ``generator_clean``, ``generator_rain`` (adversarial) and
            ``background``; those not named are 1.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`TrainedEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    def __init__(
        self,
        generator: dict[str, Any],
        clean_discriminator: dict[str, Any],
        rain_discriminator: dict[str, Any],
        background_loss: dict[str, Any] | None = None,
        gan_loss: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        self.clean_discriminator: nn.Module = MODELS.build(clean_discriminator)
        self.rain_discriminator: nn.Module = MODELS.build(rain_discriminator)
        self.background_loss = MODELS.build(background_loss or dict(type='BlurGradientLoss'))
        self.gan_loss = MODELS.build(gan_loss or dict(type='GANLoss'))
        self.adjust_luminance = LuminanceAdjustment()
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update: the generator first; discriminators learn from what it made before."""
        inputs = self.data_preprocessor(data, training=True)['inputs']
        rainy, clean = inputs['low'], inputs['normal']
        losses: dict[str, Tensor] = {}
        with (
            torch.set_grad_enabled(self.update_generator),
            optim_wrapper['generator'].optim_context(self.generator),
        ):
            derained = self.generator(rainy)
        # Streaks of one image on the clean one of another, so that they cannot be told by the
        # background.
        rained_on = (clean + (rainy - derained).roll(1, dims=0)).clamp(-1, 1)

        comparisons = dict(
            clean=(self.adjust_luminance(clean, derained), derained), rain=(rainy, rained_on)
        )
        for name, (real, fake) in comparisons.items():
            discriminator = getattr(self, f'{name}_discriminator')
            with optim_wrapper[f'{name}_discriminator'].optim_context(discriminator):
                scores = discriminator(real), discriminator(fake)
            real_scores, fake_scores = map(full_precision, scores)
            losses[f'generator_{name}'] = self.gan_loss.generator(real_scores, fake_scores)
            losses[f'{name}_discriminator'] = self.gan_loss.discriminator(real_scores, fake_scores)

        if self.update_generator:
            losses['background'] = self.background_loss(derained, rainy)
            learned = {name: losses[name] for name in self.loss_weights}
            self.update_generators(optim_wrapper, learned, retain_graph=True)
        for name in ('clean_discriminator', 'rain_discriminator'):
            self.update(optim_wrapper, losses[name], [name])
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}
