"""UNIT: unsupervised image-to-image translation networks (Liu et al., 2017)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.generators import VAEGenerator
from mmenlighten.models.losses import GANLoss
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import full_precision

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

LOSS_WEIGHTS = dict(
    generator=1.0,
    reverse_generator=1.0,
    reconstruction_low=10.0,
    reconstruction_normal=10.0,
    kl_low=0.01,
    kl_normal=0.01,
    cycle_low=10.0,
    cycle_normal=10.0,
    kl_cycle_low=0.01,
    kl_cycle_normal=0.01,
    feature_low=1.0,
    feature_normal=1.0,
)
"""Those of the released program, by their names in the log."""


@MODELS.register_module()
class UNIT(TrainedEnhancer):
    """UNIT, with the step of the program released in May 2018; A is low light, B is normal light.

    There are an encoder and a decoder for each domain, and both encoders share one space of
    latents. Owned by two networks: ``generator`` encodes low light and decodes normal light, which
    is what enhances; ``reverse_generator`` encodes normal light and decodes low light. The
    auto-encoders of the paper are the crossings of both. The ``discriminator`` judges normal light
    (officially ``dis_b``), the ``reverse_discriminator`` low light.

    Args:
        generator: Config of a :class:`.VAEGenerator`; that of the ``reverse_generator`` as well.
        discriminator: Config of both discriminators, which return scores at several scales.
        gan_loss: Config of a :class:`.GANLoss`, for each scale. Officially the discriminator's is
            not halved: ``dict(type='GANLoss', reduction_of_discriminator='sum')``, the default.
        feature_loss: Config of the loss between features of an image and of what it is translated
            to, or None, as officially for some of the trainings.
        loss_weights: Weights that differ from `LOSS_WEIGHTS`.
        shared_blocks: Residual blocks next to the latent, on each of its sides, that both domains
            share. 1 is the paper (Section 3); the released program, and with it all released
            weights, shares none. They are in the ``generator``.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`BaseEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not, the generator or the
            adversarial loss is of another kind, or there are fewer than ``shared_blocks``.
    """

    GENERATORS: ClassVar[tuple[str, ...]] = ('generator', 'reverse_generator')

    def __init__(
        self,
        generator: dict[str, Any],
        discriminator: dict[str, Any],
        gan_loss: dict[str, Any] | None = None,
        feature_loss: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        shared_blocks: int = 0,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        shared = dict(shared_blocks=shared_blocks) if shared_blocks else {}
        super().__init__({**generator, **shared}, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        if not isinstance(self.generator, VAEGenerator):
            raise ConfigError('model.generator: UNIT trains a VAEGenerator alone.')
        num_blocks = self.generator.num_blocks
        if not 0 <= shared_blocks <= num_blocks:
            raise ConfigError(
                f'model.shared_blocks={shared_blocks}: it must be 0 to {num_blocks}, the '
                'num_blocks of model.generator.'
            )
        reverse = {**generator, 'num_blocks': num_blocks - shared_blocks}
        self.reverse_generator: nn.Module = MODELS.build(reverse)
        self.discriminator: nn.Module = MODELS.build(discriminator)
        self.reverse_discriminator: nn.Module = MODELS.build(discriminator)
        self.gan_loss = MODELS.build(
            gan_loss or dict(type='GANLoss', reduction_of_discriminator='sum')
        )
        if not isinstance(self.gan_loss, GANLoss):  # others ask for scores that there are not
            raise ConfigError('model.gan_loss: UNIT takes a GANLoss alone.')
        self.feature_loss = None if feature_loss is None else MODELS.build(feature_loss)
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})
        self.shared_blocks = shared_blocks

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update: each discriminator, then both generators by one loss.

        Both are given the same latents, as encoders do not change in between (the released program
        encodes twice), with noise of their own.

        Raises:
            ConfigError: Sides of the images are no multiples of what the generators take.
        """
        inputs = self.data_preprocessor(data, training=True)['inputs']
        low, normal = inputs['low'], inputs['normal']
        self._check_sides(low, normal)
        with self._generating(optim_wrapper), torch.set_grad_enabled(self.update_generator):
            latents = self.encode_low(low), self.encode_normal(normal)

        losses = self._discriminator_losses(low, normal, latents, optim_wrapper)
        for name, loss in losses.items():
            self.update(optim_wrapper, loss, [name])
        if self.update_generator:
            for_generators = self._generator_losses(low, normal, latents, optim_wrapper)
            self.update_generators(optim_wrapper, for_generators)
            losses |= for_generators
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def encode_low(self, image: Tensor) -> Tensor:
        """E_A: the latent (N, C, h, w) of low-light images (N, 3, H, W) in [-1, 1]."""
        return full_precision(self.generator(image, 'encode'))

    def encode_normal(self, image: Tensor) -> Tensor:
        """E_B: the latent of normal-light images."""
        latent = self.reverse_generator(image, 'encode')
        if self.shared_blocks:
            latent = self.generator(latent, 'encode_shared')
        return full_precision(latent)

    def decode_low(self, latent: Tensor) -> Tensor:
        """G_A: low-light images (N, 3, H, W) in (-1, 1) of latents (N, C, h, w)."""
        if self.shared_blocks:
            latent = self.generator(latent, 'decode_shared')
        return full_precision(self.reverse_generator(latent, 'decode'))

    def decode_normal(self, latent: Tensor) -> Tensor:
        """G_B: normal-light images of latents."""
        return full_precision(self.generator(latent, 'decode'))

    def add_noise(self, latent: Tensor) -> Tensor:
        """A sample of the normal distribution around a latent, of deviation 1."""
        return latent + torch.randn_like(latent)

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Low light there and back, and normal light there and back, without noise."""
        darkened = self.decode_low(self.encode_normal(inputs['normal']))
        return {
            'dark again': self.decode_low(self.encode_normal(self.enhance(inputs['low']))),
            'normal light darkened': darkened,
            'and enhanced': self.enhance(darkened),
        }

    def _discriminator_losses(
        self,
        low: Tensor,
        normal: Tensor,
        latents: tuple[Tensor, Tensor],
        optim_wrapper: OptimWrapperDict,
    ) -> dict[str, Tensor]:
        """Of images translated by generators that learn nothing from it."""
        with self._generating(optim_wrapper), torch.no_grad():
            sample_low, sample_normal = map(self.add_noise, latents)
            darkened, enhanced = self.decode_low(sample_normal), self.decode_normal(sample_low)
        losses = {}
        for name, real, fake in (
            ('discriminator', normal, enhanced),
            ('reverse_discriminator', low, darkened),
        ):
            network: nn.Module = getattr(self, name)
            with optim_wrapper[name].optim_context(network):
                scores = network(real), network(fake)
            losses[name] = self._sum_of_scales('discriminator', *scores)
        return losses

    def _generator_losses(
        self,
        low: Tensor,
        normal: Tensor,
        latents: tuple[Tensor, Tensor],
        optim_wrapper: OptimWrapperDict,
    ) -> dict[str, Tensor]:
        """Section 3, equations 1 to 5, with the constants of the released program."""
        with self._generating(optim_wrapper):
            sample_low, sample_normal = map(self.add_noise, latents)
            low_reconstructed = self.decode_low(sample_low)
            normal_reconstructed = self.decode_normal(sample_normal)
            darkened, enhanced = self.decode_low(sample_normal), self.decode_normal(sample_low)
            latent_darkened = self.encode_low(darkened)
            latent_enhanced = self.encode_normal(enhanced)
            normal_again = self.decode_normal(self.add_noise(latent_darkened))
            low_again = self.decode_low(self.add_noise(latent_enhanced))

        losses = dict(
            # Equation 2: variational auto-encoders. KL of N(mean, 1) and N(0, 1), up to 1/2.
            reconstruction_low=F.l1_loss(low_reconstructed, low),
            reconstruction_normal=F.l1_loss(normal_reconstructed, normal),
            kl_low=latents[0].square().mean(),
            kl_normal=latents[1].square().mean(),
            # Equation 5: the same for what was translated, and is to be translated back.
            cycle_low=F.l1_loss(low_again, low),
            cycle_normal=F.l1_loss(normal_again, normal),
            kl_cycle_low=latent_enhanced.square().mean(),
            kl_cycle_normal=latent_darkened.square().mean(),
        )
        # Equation 3. The discriminators have learned by now, and get no gradient.
        for name, judge, fake in (
            ('generator', 'discriminator', enhanced),
            ('reverse_generator', 'reverse_discriminator', darkened),
        ):
            network = unwrap_model(getattr(self, judge))
            with optim_wrapper[judge].optim_context(network):
                scores = network(fake)
            losses[name] = self._sum_of_scales('generator', scores, scores)
        if self.feature_loss is not None:  # of the released program; not in the paper
            losses['feature_low'] = self.feature_loss(darkened, normal)
            losses['feature_normal'] = self.feature_loss(enhanced, low)
        return losses

    def _sum_of_scales(
        self, player: str, real_scores: Sequence[Tensor], fake_scores: Sequence[Tensor]
    ) -> Tensor:
        """The adversarial loss of a player; to a generator, scores of real images are nothing."""
        loss = getattr(self.gan_loss, player)
        pairs = zip(map(full_precision, real_scores), map(full_precision, fake_scores), strict=True)
        return torch.stack([loss(real, fake) for real, fake in pairs]).sum()

    @contextmanager
    def _generating(self, optim_wrapper: OptimWrapperDict) -> Iterator[None]:
        """What both generators' optimizers want around forward passes, such as autocast."""
        with (
            optim_wrapper['generator'].optim_context(self.generator),
            optim_wrapper['reverse_generator'].optim_context(self.reverse_generator),
        ):
            yield

    def _check_sides(self, *images: Tensor) -> None:
        multiple = cast(VAEGenerator, unwrap_model(self.generator)).size_multiple
        for image in images:
            if any(side % multiple for side in image.shape[-2:]):
                raise ConfigError(
                    f'UNIT trains on images whose sides are multiples of {multiple}, not '
                    f'{image.shape[-1]} x {image.shape[-2]}: set the size of RandomCrop in the '
                    'training pipeline to one.'
                )
