"""EnlightenGAN: deep light enhancement without paired supervision (Jiang et al., 2019)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.precision import full_precision

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

Window = tuple[int, int]
"""Left and top of a patch, in pixels."""

Scores = tuple[Tensor, Tensor]
"""Of real and of enhanced images."""

GENERATOR_LOSSES = (
    'generator_global',
    'generator_local',
    'feature_global',
    'feature_local',
    'structure',
)
"""What the generator's loss is the weighted sum of."""


@MODELS.register_module()
class EnlightenGAN(TrainedEnhancer):
    """The unpaired training recipe of EnlightenGAN (Section 3), with every part exchangeable.

    Args:
        generator: Config of the network that enhances.
        global_discriminator: Config of the network that scores whole images, or None.
        local_discriminator: Config of the network that scores random patches, or None.
        global_loss: Config of the adversarial loss on whole images.
        local_loss: Config of the adversarial loss on patches.
        feature_loss: Config of the self-feature-preserving loss, on images and patches, or None.
        num_patches: Patch windows in an iteration. The paper says 5; the official code cuts 6.
        patch_size: Side of a patch in pixels.
        loss_weights: Weights of ``generator_global``, ``generator_local``, ``feature_global``,
            ``feature_local`` and ``structure``; those not named are 1, as in Equation 6.
        ema: Config of an average of the generator, used for validation and testing, for example
            ``dict(type='ExponentialMovingAverage', momentum=0.001)``, or None.
        data_preprocessor: As for :class:`BaseEnhancer`.
        structure_loss: Config of a loss between enhanced and low-light images that is not in the
            paper, such as ``dict(type='BlurGradientLoss', free_brightness=True)``, or None.
        patch_adjustment: Config of what is done to normal-light patches, given the enhanced ones,
            before they are compared, such as ``dict(type='LuminanceAdjustment')``, or None.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    def __init__(
        self,
        generator: dict[str, Any],
        global_discriminator: dict[str, Any] | None = None,
        local_discriminator: dict[str, Any] | None = None,
        global_loss: dict[str, Any] | None = None,
        local_loss: dict[str, Any] | None = None,
        feature_loss: dict[str, Any] | None = None,
        num_patches: int = 6,
        patch_size: int = 32,
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
        structure_loss: dict[str, Any] | None = None,
        patch_adjustment: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, GENERATOR_LOSSES)
        self.global_discriminator = _build_optional(global_discriminator)
        self.local_discriminator = _build_optional(local_discriminator)
        self.global_loss = MODELS.build(global_loss or dict(type='RelativisticGANLoss'))
        self.local_loss = MODELS.build(local_loss or dict(type='GANLoss'))
        self.feature_loss = _build_optional(feature_loss)
        self.structure_loss = _build_optional(structure_loss)
        self.patch_adjustment = _build_optional(patch_adjustment)
        self.num_patches = num_patches
        self.patch_size = patch_size
        self.loss_weights = loss_weights or {}

    @property
    def shows_attention(self) -> bool:
        """Whether the generator is guided by an attention map."""
        return getattr(unwrap_model(self.generator), 'attention', False)

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update of all networks (Section 3): the generator first, by what D says now.

        Losses share one graph: each ``backward`` goes to the parameters of its own network alone,
        so no gradient leaks. D learns from the images that the generator made before its step.
        """
        inputs = self.data_preprocessor(data, training=True)['inputs']
        low, normal = inputs['low'], inputs['normal']
        windows = self.draw_windows(*low.shape[-2:])
        losses: dict[str, Tensor] = {}

        # Section 3.1: the attention-guided U-Net.
        with (
            torch.set_grad_enabled(self.update_generator),
            optim_wrapper['generator'].optim_context(self.generator),
        ):
            enhanced = self.generator(inputs.get('darkened', low))
        enhanced_patches = self.crop(enhanced, windows)

        # Section 3.2: discriminators score real and enhanced images, and random patches of them.
        if self.global_discriminator is not None:
            with optim_wrapper['global_discriminator'].optim_context(self.global_discriminator):
                real, fake = self.score(self.global_discriminator, normal, enhanced)
            losses['generator_global'] = self.global_loss.generator(real, fake)
            losses['global_discriminator'] = self.global_loss.discriminator(real, fake)
        if self.local_discriminator is not None:
            normal_patches = self.crop(normal, windows)
            if self.patch_adjustment is not None:
                normal_patches = self.patch_adjustment(normal_patches, enhanced_patches)
            with optim_wrapper['local_discriminator'].optim_context(self.local_discriminator):
                scores = self.score(self.local_discriminator, normal_patches, enhanced_patches)
            # From (K N, 1, h, w) to (K, N, 1, h, w): relativistic means are those of a window.
            real, fake = (each.unflatten(0, (self.num_patches, -1)) for each in scores)
            losses['generator_local'] = self.local_loss.generator(real, fake)
            losses['local_discriminator'] = self.local_loss.discriminator(real, fake)

        # Section 3.3: self feature preserving loss, against the input before it was darkened.
        if self.feature_loss is not None and self.update_generator:
            losses['feature_global'] = self.feature_loss(enhanced, low)
            if self._weight('feature_local'):
                low_patches = self.crop(low, windows)
                losses['feature_local'] = self.feature_loss(enhanced_patches, low_patches)
        if self.structure_loss is not None and self.update_generator:
            losses['structure'] = self.structure_loss(enhanced, low)

        # Equation 6: the generator's loss is the sum; then each discriminator has its own.
        if self.update_generator:
            names = [name for name in GENERATOR_LOSSES if name in losses]
            loss = torch.stack([self._weight(name) * losses[name] for name in names]).sum()
            if self.update(optim_wrapper, loss, ['generator'], retain_graph=True):
                self.update_average()
        for name in ('global_discriminator', 'local_discriminator'):
            if name in losses:
                self.update(optim_wrapper, losses[name], [name], retain_graph=True)
        self.iteration += 1
        return {f'loss_{name}': loss.detach() for name, loss in losses.items()}

    def score(self, discriminator: nn.Module, real: Tensor, fake: Tensor) -> Scores:
        """Maps of scores of real and of enhanced images (N, 3, H, W) by a discriminator."""
        return full_precision(discriminator(real)), full_precision(discriminator(fake))

    def draw_windows(self, height: int, width: int) -> list[Window]:
        """Draws the patches of this iteration as the official code does.

        Each offset is uniform in 0 ... side - patch_size - 1 inclusive (the last legal one is never
        drawn), width first. A function of (seed, iteration) alone: equal on all processes.
        """
        random = np.random.default_rng((self.seed, self.iteration))
        ends = [max(0, side - self.patch_size - 1) for side in (width, height)]
        return [
            (int(left), int(top))
            for left, top in random.integers(0, ends, (self.num_patches, 2), endpoint=True)
        ]

    def crop(self, image: Tensor, windows: Sequence[Window]) -> Tensor:
        """Cuts the same windows from each image of a batch: (K N, 3, s, s), window by window."""
        s = self.patch_size
        return torch.cat([image[..., top : top + s, left : left + s] for left, top in windows])

    def _weight(self, name: str) -> float:
        return self.loss_weights.get(name, 1.0)


def _build_optional(config: dict[str, Any] | None) -> nn.Module | None:
    return None if config is None else MODELS.build(config)
