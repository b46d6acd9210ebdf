"""The training of LLNet: layer by layer to denoise what is bright, then as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from mmenlighten.models.generators import LLNet
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative, check_share
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.mmengine_parts import all_reduce, get_rank, get_world_size
from mmenlighten.utils.precision import full_precision, without_autocast

from .paired_enhancer import PairedEnhancer

if TYPE_CHECKING:
    from mmengine.optim import OptimWrapperDict


@MODELS.register_module()
class StackedDenoisingAutoencoder(PairedEnhancer):
    """Pretrains and finetunes an :class:`.LLNet` (Lore et al., 2017).

    Each layer of the first half has a phase of ``train_cfg.phase_epochs``, in which it learns to
    denoise what the layers before it make of bright patches. Its weights, transposed, are those of
    the layer that decodes it. In the phase after these, all layers learn to make bright patches of
    dark ones; so LLNet, with five hidden layers, has four phases, ``(1, 1, 1, 300)``.

    Pictures of a batch are laid out of patches (:class:`.RandomPatches`), or cut into such. As some
    parameters have no gradients in a phase, configs for several processes set
    ``model_wrapper_cfg.find_unused_parameters=True``.

    Args:
        generator: Config of an :class:`.LLNet`.
        pretraining: Whether there are the phases of single layers; else all learn at once.
        noise: Deviation of the noise that these have to take off; their inputs are in [0, 1].
        activity: Mean of the activations that the loss ``sparsity`` draws each unit to.
        options: Other arguments of :class:`PairedEnhancer`; there are no other losses.

    Raises:
        ConfigError: The generator is another network, or an argument is out of range.
    """

    LOSS_WEIGHTS: ClassVar[Mapping[str, float]] = dict(
        denoised=1.0, sparsity=0.01, pixel=1.0, decay=0.5e-5
    )
    """Of the official program."""

    def __init__(
        self,
        generator: dict[str, Any],
        pretraining: bool = True,
        noise: float = 0.1,
        activity: float = 0.2,
        **options: Any,
    ) -> None:
        check_not_negative('model.', noise=noise)
        check_share('model.', (0, 1), activity=activity)
        super().__init__(generator, {}, **options)
        if not isinstance(self.generator, LLNet):
            raise ConfigError('model.generator: StackedDenoisingAutoencoder trains an LLNet alone.')
        self.pretrained_layers = self.generator.num_layers // 2 if pretraining else 0
        self.noise, self.activity = noise, activity

    @property
    def network(self) -> LLNet:
        """The generator, out of its wrapper for distributed training."""
        network = unwrap_model(self.generator)
        assert isinstance(network, LLNet)
        return network

    def train_step(
        self, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
    ) -> dict[str, Tensor]:
        """One update on a batch of pairs, ``low`` and ``normal``, in the present phase."""
        losses = super().train_step(data, optim_wrapper)
        if self.phase < self.pretrained_layers:
            # At each step, so that the next phase begins with them wherever a run was resumed.
            self.network.tie(self.phase)
        return losses

    def compute_losses(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Losses of the present phase.

        Args:
            inputs: Pictures (N, 3, H, W) in [-1, 1], whose sides are multiples of the patch size.

        Raises:
            ConfigError: They are not.
        """
        height, width = inputs['normal'].shape[-2:]
        side = self.network.patch_size
        if height % side or width % side:
            raise ConfigError(
                f'LLNet learns from patches of {side} pixels, and samples have {width}x{height}: '
                f"use dict(type='RandomPatches', size={side}) in place of a crop, or a crop of a "
                f'multiple of {side}.'
            )
        normal = self.network.patches_side_by_side(inputs['normal'])
        if self.phase < self.pretrained_layers:
            return self.denoising_losses(normal, self.draw_noise(len(inputs['normal']), normal))
        enhanced = self.generator(self.network.patches_side_by_side(inputs['low']), 'patches')
        with without_autocast(normal.device.type):
            squares = (full_precision(normal) - full_precision(enhanced)).square()
            # Not of the last layer, nor of biases.
            layers = range(self.network.num_layers - 1)
            decay = [self.network.layer(index).weight.square().sum() for index in layers]
            return dict(pixel=squares.sum(dim=1).mean(), decay=torch.stack(decay).sum())

    def denoising_losses(self, patches: Tensor, noise: Tensor) -> dict[str, Tensor]:
        """Losses of the layer of the present phase.

        Squares are summed over the batch, and averaged over the inputs alone. So the batch size is
        a factor of the loss, here that of all processes.

        Args:
            patches: Bright ones (M, D) in [0, 1].
            noise: (M, inputs of the layer).
        """
        clean, denoised, hidden = self.generator(patches, 'denoise', self.phase, noise)
        with without_autocast(patches.device.type):
            squares = (full_precision(clean) - full_precision(denoised)).square()
            mean = full_precision(hidden).mean(dim=0)
            # Of all processes: the value of their mean, and the gradient of one's own, which the
            # wrapper averages.
            of_all = mean.detach().clone()
            all_reduce(of_all, 'mean')
            least = torch.finfo(mean.dtype).eps
            mean = (mean + (of_all - mean.detach())).clamp(least, 1 - least)
            target = self.activity
            divergence = target * (target / mean).log()
            divergence = divergence + (1 - target) * ((1 - target) / (1 - mean)).log()
            weight = self.network.layer(self.phase).weight
            return dict(
                denoised=get_world_size() * squares.sum() / squares.shape[1],
                sparsity=divergence.sum(),
                decay=2 * weight.square().sum(),  # the same matrix encodes and decodes
            )

    def draw_noise(self, images: int, patches: Tensor) -> Tensor:
        """Noise of this iteration for this process: a function of (seed, iteration) alone.

        Args:
            images: Images of the batch that the patches are from.
            patches: (M, D), those of an image after each other.
        """
        random = np.random.default_rng((self.seed, self.iteration))
        inputs = self.network.layer(self.phase).in_features
        processes = get_world_size()
        # Images are dealt out to the processes in turn.
        shape = (images, processes, len(patches) // images, inputs)
        drawn = random.standard_normal(shape, np.float32)[:, get_rank()].reshape(-1, inputs)
        return self.noise * torch.from_numpy(drawn).to(patches)
