"""Deep Photo Enhancer: unpaired learning for image enhancement (Chen et al., 2018)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.distributed import mean_of_processes, unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import full_precision

from .trained_enhancer import TrainedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict

LOSS_WEIGHTS = dict(
    generator=1.0,
    reverse_generator=1.0,
    identity_low=1000.0,
    identity_normal=1000.0,
    cycle_low=10000.0,
    cycle_normal=10000.0,
)
"""Officially 1 for the critics' scores, alpha = 1000, and 10 alpha, of errors in [0, 1]."""

REAL, MADE = 0, 1
"""Sets of batch norms of a generator: for real images, and for those that the other one made."""


@MODELS.register_module()
class DeepPhotoEnhancer(TrainedEnhancer):
    """Deep Photo Enhancer, with the step of the authors' program; A is low light, B normal light.

    The generator G (``generator``) makes normal light out of low light, G' (``reverse_generator``)
    low light out of normal light. The critic D (``discriminator``) judges normal light, D'
    (``reverse_discriminator``) low light; both give real images high scores. The critics learn in
    each iteration, the generators in those that the train loop says: officially each 50th, the
    first one included.

    Args:
        generator: Config of G, whose ``forward`` takes images and a set of batch norms, as
            :class:`.GlobalUNet`.
        discriminator: Config of D.
        reverse_generator: Config of G', of the same kind as G if None.
        reverse_discriminator: Config of D', of the same kind as D if None.
        gradient_penalty: Config of the penalty on the critics' slopes.
        penalty_weight: Config of its weight, of which each critic has one.
        loss_weights: Weights that differ from `LOSS_WEIGHTS`.
        ema: As for :class:`TrainedEnhancer`.
        data_preprocessor: As for :class:`BaseEnhancer`.

    Raises:
        ConfigError: ``loss_weights`` names a loss that there is not.
    """

    GENERATORS: ClassVar[tuple[str, ...]] = ('generator', 'reverse_generator')
    CRITICS: ClassVar[tuple[str, ...]] = ('discriminator', 'reverse_discriminator')

    def __init__(
        self,
        generator: dict[str, Any],
        discriminator: dict[str, Any],
        reverse_generator: dict[str, Any] | None = None,
        reverse_discriminator: dict[str, Any] | None = None,
        gradient_penalty: dict[str, Any] | None = None,
        penalty_weight: dict[str, Any] | None = None,
        loss_weights: dict[str, float] | None = None,
        ema: dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(generator, ema, data_preprocessor)
        check_names('model.loss_weights', loss_weights or {}, LOSS_WEIGHTS)
        self.reverse_generator: nn.Module = MODELS.build(reverse_generator or generator)
        self.discriminator: nn.Module = MODELS.build(discriminator)
        self.reverse_discriminator: nn.Module = MODELS.build(reverse_discriminator or discriminator)
        self.gradient_penalty = MODELS.build(gradient_penalty or dict(type='GradientPenalty'))
        weight = penalty_weight or dict(type='AdaptivePenaltyWeight')
        self.penalty_weights = {name: MODELS.build(weight) for name in self.CRITICS}
        self.loss_weights = LOSS_WEIGHTS | (loss_weights or {})

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update of each critic, then of both generators by one loss, where it is due.

        Raises:
            ConfigError: Images have another size than that for which the generator is built.
        """
        inputs = self.data_preprocessor(data, training=True)['inputs']
        self._check_size(inputs['low'])
        losses = self._train_critics(optim_wrapper, inputs['low'], inputs['normal'])
        if self.update_generator:
            losses |= self._train_generators(optim_wrapper, inputs)
        self.iteration += 1
        log = {f'loss_{name}': loss.detach() for name, loss in losses.items()}
        for name, weight in self.penalty_weights.items():
            log[f'penalty_weight_{name}'] = weight.weight
        return log

    def draw_shares(self, images: Tensor) -> Tensor:
        """Where between real and made images the slopes of a critic are taken: (N,) in [0, 1)."""
        return torch.rand(len(images), dtype=images.dtype, device=images.device)

    def networks_to_compile(self) -> list[str]:
        """The generators: what is compiled has no second derivative, which the critics need."""
        return list(self.GENERATORS)

    def training_pictures(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """G'(G(x)), G'(y) and G(G'(y))."""
        darkened = self.reverse_generator(inputs['normal'])
        return {
            'dark again': self.reverse_generator(self.enhance(inputs['low']).clamp(-1, 1), MADE),
            'normal light darkened': darkened,
            'and enhanced': self.generator(darkened.clamp(-1, 1), MADE),
        }

    def training_state(self) -> dict[str, Any]:
        """The weights of the penalties, with what they follow."""
        return {name: weight.state_dict() for name, weight in self.penalty_weights.items()}

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes on with these weights."""
        for name, weight in self.penalty_weights.items():
            weight.load_state_dict(state[name])

    def _train_critics(
        self, optim_wrapper: OptimWrapperDict, low: Tensor, normal: Tensor
    ) -> dict[str, Tensor]:
        losses: dict[str, Tensor] = {}
        # By the running statistics, which would otherwise move in each of these iterations too.
        with torch.no_grad(), self._generators_in_evaluation():
            enhanced = self._call(optim_wrapper, 'generator', low, REAL)
            darkened = self._call(optim_wrapper, 'reverse_generator', normal, REAL)

        pairs = (normal, enhanced), (low, darkened)
        for name, (real, fake) in zip(self.CRITICS, pairs, strict=True):
            # Section 5: E[D(made)] - E[D(real)], plus the weighted penalty.
            scores = self._call(optim_wrapper, name, torch.cat([fake, real]))
            fake_scores, real_scores = scores.chunk(2)
            losses[name] = fake_scores.mean() - real_scores.mean()
            penalty = self.gradient_penalty(
                unwrap_model(getattr(self, name)), real, fake, self.draw_shares(real)
            )
            losses[f'penalty_{name}'] = penalty
            adaptive = self.penalty_weights[name]
            weight = adaptive.weight.to(penalty)
            self.update(optim_wrapper, losses[name] + weight * penalty, [name])
            adaptive.update(mean_of_processes(penalty.detach()))
        return losses

    def _train_generators(
        self, optim_wrapper: OptimWrapperDict, inputs: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        low, normal = inputs['low'], inputs['normal']
        masks = inputs.get('low_mask'), inputs.get('normal_mask')
        # y' = G(x), x' = G'(y), and back again: x'' = G'(y'), y'' = G(x'). What is put in again is
        # within the range of images.
        enhanced = self._call(optim_wrapper, 'generator', low, REAL)
        darkened = self._call(optim_wrapper, 'reverse_generator', normal, REAL)
        low_again = self._call(optim_wrapper, 'reverse_generator', enhanced.clamp(-1, 1), MADE)
        normal_again = self._call(optim_wrapper, 'generator', darkened.clamp(-1, 1), MADE)

        losses: dict[str, Tensor] = {}
        # The critics get no gradient from this, for which their wrappers would wait.
        pairs = (enhanced, self.discriminator), (darkened, self.reverse_discriminator)
        for name, critic, (made, network) in zip(self.GENERATORS, self.CRITICS, pairs, strict=True):
            with optim_wrapper[critic].optim_context(network):
                losses[name] = -full_precision(unwrap_model(network)(made)).mean()
        # Section 4: I = |x - y'|^2 + |y - x'|^2 and C = |x - x''|^2 + |y - y''|^2.
        for target, kind, mask, once, twice in (
            (low, 'low', masks[0], enhanced, low_again),
            (normal, 'normal', masks[1], darkened, normal_again),
        ):
            losses[f'identity_{kind}'] = squared_error(once, target, mask)
            losses[f'cycle_{kind}'] = squared_error(twice, target, mask)
        self.update_generators(optim_wrapper, losses)
        return losses

    def _call(
        self, optim_wrapper: OptimWrapperDict, name: str, image: Tensor, *arguments: int
    ) -> Tensor:
        """A network's result in full precision."""
        network: nn.Module = getattr(self, name)
        with optim_wrapper[name].optim_context(network):
            return full_precision(network(image, *arguments))

    @contextmanager
    def _generators_in_evaluation(self) -> Iterator[None]:
        """The generators use their running statistics inside, and are as before afterwards."""
        generators = [unwrap_model(getattr(self, name)) for name in self.GENERATORS]
        modules = [module for network in generators for module in network.modules()]
        modes = [module.training for module in modules]
        for network in generators:
            network.eval()
        try:
            yield
        finally:
            for module, mode in zip(modules, modes, strict=True):
                module.training = mode

    def _check_size(self, images: Tensor) -> None:
        side = getattr(unwrap_model(self.generator), 'image_size', None)
        height, width = images.shape[-2:]
        if side is not None and (height, width) != (side, side):
            raise ConfigError(
                f'train_dataloader gives pictures of {width}x{height}, and '
                f'model.generator.image_size is {side}: set the size of PadToSquare or RandomCrop '
                'in train_pipeline to it, or image_size of the generator and the discriminator.'
            )


def squared_error(image: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean squared error of images (N, 3, H, W) in [-1, 1], as it is in [0, 1].

    Args:
        image: The images.
        target: What they should be.
        mask: (N, 1, H, W), 1 where an image counts and -1 where it is padding; None for all of it.
            Each image counts alike.
    """
    squares = ((image - target) / 2).square().mean(1, keepdim=True)
    if mask is None:
        return squares.mean()
    inside = (mask + 1) / 2
    return ((squares * inside).sum((1, 2, 3)) / inside.sum((1, 2, 3))).mean()
