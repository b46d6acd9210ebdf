"""CinCGAN: the inner cycle of unsupervised super-resolution (Yuan et al., 2018), at scale 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.losses.total_variation_loss import TotalVariationLoss
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.precision import full_precision

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

LOSS_WEIGHTS = dict(
    generator=1.0, cycle_low=10.0, identity_normal=5.0, total_variation=1.0, structure=1.0
)
"""What the generators' loss is the weighted sum of.

The ports give the total variation a weight of 0.5 and define it twice as large. `structure` is not
theirs.
"""


@MODELS.register_module()
class CinCGAN(TrainedEnhancer):
    """The inner cycle of CinCGAN: one direction of a CycleGAN, with a loss against noise.

    Generator 1 (``generator``) goes from low to normal light, where a discriminator judges it,
    generator 2 (``reverse_generator``) back to what generator 1 started from. Nothing judges the
    way back. There is no official program; the step is the one that most ports have. The outer
    cycle, which enlarges images, is not trained here: enhancing keeps their size.

    Losses and the discriminator see images in [0, 1].

    Args:
        generator: Config of generator 1.
        reverse_generator: Config of generator 2, of the same kind if None.
        discriminator: Config of the network that scores normal-light images. With batch norm,
            three passes in each iteration move its running statistics.
        gan_loss: Config of the adversarial loss.
        loss_weights: Weights of ``generator`` (adversarial), ``cycle_low``, ``identity_normal``,
            ``total_variation`` and ``structure``; those not named are 1, 10, 5, 1 and 1.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`BaseEnhancer`.
        structure_loss: Config of a loss between enhanced and low-light images, such as
            ``dict(type='BlurGradientLoss', free_brightness=True)``, or None.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    GENERATORS: ClassVar[tuple[str, ...]] = ('generator', 'reverse_generator')

    def __init__(
        self,
        generator: dict[str, Any],
        discriminator: dict[str, Any],
        reverse_generator: dict[str, Any] | None = None,
        gan_loss: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        structure_loss: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        self.reverse_generator: nn.Module = MODELS.build(reverse_generator or generator)
        self.discriminator: nn.Module = MODELS.build(discriminator)
        self.gan_loss = MODELS.build(
            gan_loss or dict(type='GANLoss', reduction_of_discriminator='sum')
        )
        self.structure_loss = None if structure_loss is None else MODELS.build(structure_loss)
        self.total_variation = TotalVariationLoss()
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update: the discriminator first, then both generators by one loss."""
        inputs = self.data_preprocessor(data, training=True)['inputs']
        low, normal = inputs['low'], inputs['normal']
        losses: dict[str, Tensor] = {}

        # Generator 1 brightens low light, and shall leave normal light as it is. Without norms
        # images of a batch do not depend on each other, so both go through it together.
        with (
            torch.set_grad_enabled(self.update_generator),
            optim_wrapper['generator'].optim_context(self.generator),
        ):
            if self.update_generator:
                enhanced, unchanged = self.generator(torch.cat([low, normal])).chunk(2)
            else:
                enhanced = self.generator(low)

        # Generated images first, then real ones: batch norms keep statistics of both.
        with optim_wrapper['discriminator'].optim_context(self.discriminator):
            fake = full_precision(self.discriminator(to_unit_range(enhanced.detach())))
            real = full_precision(self.discriminator(to_unit_range(normal)))
        losses['discriminator'] = self.gan_loss.discriminator(real, fake)
        self.update(optim_wrapper, losses['discriminator'], ['discriminator'])

        if self.update_generator:
            with optim_wrapper['reverse_generator'].optim_context(self.reverse_generator):
                again = self.reverse_generator(enhanced)
            # What the discriminator says after its step, past the wrapper that waits for gradients.
            judge = unwrap_model(self.discriminator)
            with optim_wrapper['discriminator'].optim_context(judge):
                fake = full_precision(judge(to_unit_range(enhanced)))
            losses['generator'] = self.gan_loss.generator(real.detach(), fake)
            # What is made dark again equals the input.
            losses['cycle_low'] = F.mse_loss(to_unit_range(again), to_unit_range(low))
            # Normal light stays as it is.
            losses['identity_normal'] = F.l1_loss(to_unit_range(unchanged), to_unit_range(normal))
            # Noise is punished.
            losses['total_variation'] = self.total_variation(to_unit_range(enhanced))
            if self.structure_loss is not None:
                losses['structure'] = self.structure_loss(enhanced, low)
            learned = {name: losses[name] for name in LOSS_WEIGHTS if name in losses}
            self.update_generators(optim_wrapper, learned)
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What generator 2 makes dark again, and the normal-light image after generator 1."""
        return {
            'dark again': self.reverse_generator(self.enhance(inputs['low'])),
            'normal light enhanced': self.enhance(inputs['normal']),
        }


def to_unit_range(image: Tensor) -> Tensor:
    """From [-1, 1] to [0, 1], in full precision and not clamped."""
    return (full_precision(image) + 1) / 2
