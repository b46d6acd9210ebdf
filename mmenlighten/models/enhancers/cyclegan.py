"""CycleGAN: translation there and back without pairs (Zhu et al., 2017)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.precision import full_precision

from .image_pool import ImagePool
from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

LOSS_WEIGHTS = dict(
    generator=1.0,
    reverse_generator=1.0,
    cycle_low=10.0,
    cycle_normal=10.0,
    identity_low=5.0,
    identity_normal=5.0,
    structure=1.0,
)
"""Officially lambda_A = lambda_B = 10, and lambda_identity = 1/2 of them; `structure` is ours."""


@MODELS.register_module()
class CycleGAN(TrainedEnhancer):
    """CycleGAN, with the step of the official PyTorch program; A is low light, B is normal light.

    The generator G (``generator``, officially G_A) makes normal light out of low light, F
    (``reverse_generator``, G_B) low light out of normal light. D_Y (``discriminator``, D_A) judges
    normal light, D_X (``reverse_discriminator``, D_B) low light.

    Args:
        generator: Config of G.
        discriminator: Config of D_Y.
        reverse_generator: Config of F, of the same kind as G if None.
        reverse_discriminator: Config of D_X, of the same kind as D_Y if None.
        gan_loss: Config of the adversarial loss.
        loss_weights: Weights of ``generator`` and ``reverse_generator`` (adversarial), of
            ``cycle_low`` and ``cycle_normal``, and of ``identity_low`` and ``identity_normal``;
            those not named are 1, 10 and 5. What weighs 0 is not computed. ``structure`` weighs 1.
        pool_size: Earlier images of each generator that its discriminator sees some of again.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`BaseEnhancer`.
        structure_loss: Config of a loss between images before and after each generator that is not
            in the paper, such as ``dict(type='BlurGradientLoss', free_brightness=True)``, or None.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not, or ``pool_size`` is below 0.
    """

    GENERATORS: ClassVar[tuple[str, ...]] = ('generator', 'reverse_generator')

    def __init__(
        self,
        generator: dict[str, Any],
        discriminator: dict[str, Any],
        reverse_generator: dict[str, Any] | None = None,
        reverse_discriminator: dict[str, Any] | None = None,
        gan_loss: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        pool_size: int = 50,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        structure_loss: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        self.reverse_generator: nn.Module = MODELS.build(reverse_generator or generator)
        self.discriminator: nn.Module = MODELS.build(discriminator)
        self.reverse_discriminator: nn.Module = MODELS.build(reverse_discriminator or discriminator)
        self.gan_loss = MODELS.build(gan_loss or dict(type='GANLoss'))
        self.structure_loss = None if structure_loss is None else MODELS.build(structure_loss)
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})
        self.pools = dict(
            discriminator=ImagePool(pool_size), reverse_discriminator=ImagePool(pool_size)
        )

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update: both generators by one loss, then each discriminator.

        The discriminators learn from what the generators made before their step.
        """
        inputs = self.data_preprocessor(data, training=True)['inputs']
        low, normal = inputs['low'], inputs['normal']
        losses: dict[str, Tensor] = {}

        # G(x) and F(y), and for the identity G(y) and F(x).
        with torch.set_grad_enabled(self.update_generator):
            with_normal = self.update_generator and self.loss_weights['identity_normal']
            enhanced, *normal_again = self.translate(
                optim_wrapper, 'generator', [low, normal] if with_normal else [low]
            )
            with_low = self.update_generator and self.loss_weights['identity_low']
            darkened, *low_again = self.translate(
                optim_wrapper, 'reverse_generator', [normal, low] if with_low else [normal]
            )
        judged = dict(discriminator=(normal, enhanced), reverse_discriminator=(low, darkened))
        real = {name: self._call(optim_wrapper, name, pair[0]) for name, pair in judged.items()}

        if self.update_generator:
            # Equation 1: what is generated is to pass for real. No gradient is for the
            # discriminators, whose wrappers would wait for one.
            for name, (discriminator, (_, fake)) in zip(self.GENERATORS, judged.items()):
                scores = self._call(optim_wrapper, discriminator, fake, unwrapped=True)
                losses[name] = self.gan_loss.generator(real[discriminator].detach(), scores)
            # Equation 2: F(G(x)) = x and G(F(y)) = y, in L1.
            for loss, name, image, target in (
                ('cycle_low', 'reverse_generator', enhanced, low),
                ('cycle_normal', 'generator', darkened, normal),
            ):
                if self.loss_weights[loss]:
                    losses[loss] = F.l1_loss(self._call(optim_wrapper, name, image), target)
            # Section 5.2: G(y) = y and F(x) = x keep the colours.
            for image in normal_again:
                losses['identity_normal'] = F.l1_loss(image, normal)
            for image in low_again:
                losses['identity_low'] = F.l1_loss(image, low)
            if self.structure_loss is not None:
                there, back = (
                    self.structure_loss(enhanced, low),
                    self.structure_loss(darkened, normal),
                )
                losses['structure'] = there + back
            # Equation 3.
            self.update_generators(optim_wrapper, losses)

        for which, (name, (_, fake)) in enumerate(judged.items()):
            # A function of (seed, iteration): a resumed run draws the same.
            random = np.random.default_rng((self.seed, self.iteration, which))
            fake = self.pools[name].query(fake.detach(), random)
            scores = self._call(optim_wrapper, name, fake)
            losses[name] = self.gan_loss.discriminator(real[name], scores)
            self.update(optim_wrapper, losses[name], [name])
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def translate(
        self, optim_wrapper: OptimWrapperDict, name: str, images: Sequence[Tensor]
    ) -> list[Tensor]:
        """What a generator makes of several batches (N, 3, H, W), one by one."""
        return [self._call(optim_wrapper, name, image) for image in images]

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """F(G(x)), F(y) and G(F(y))."""
        darkened = self.reverse_generator(inputs['normal'])
        return {
            'dark again': self.reverse_generator(self.enhance(inputs['low'])),
            'normal light darkened': darkened,
            'and enhanced': self.enhance(darkened),
        }

    def training_state(self) -> dict[str, Any]:
        """Both image pools, unless they hold nothing at any time."""
        return {name: pool.state_dict() for name, pool in self.pools.items() if pool.size}

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes on with these pools."""
        for name, pool in self.pools.items():
            if pool.size:
                pool.load_state_dict(state[name])

    def _call(
        self, optim_wrapper: OptimWrapperDict, name: str, image: Tensor, unwrapped: bool = False
    ) -> Tensor:
        """A network's result in full precision; unwrapped, for no gradient of its own."""
        network: nn.Module = getattr(self, name)
        with optim_wrapper[name].optim_context(network):
            return full_precision((unwrap_model(network) if unwrapped else network)(image))
