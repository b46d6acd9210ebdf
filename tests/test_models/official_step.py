"""The training step in the official order of work, to measure what ``train_step`` saves.

The mathematics is that of :meth:`mmenlighten.models.EnlightenGAN.train_step`, and a test compares
the gradients of both. The work is the official code's: patches are scored one by one, the
discriminators score everything a second time for their own losses, gradients that nobody reads are
computed and cleared, and VGG-16 goes on to its last convolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapperDict
from torch import Tensor

from mmenlighten.models import EnlightenGAN, RelativisticGANLoss, VGG16Features


def official_step(
    model: EnlightenGAN, data: Mapping[str, Any], optim_wrapper: OptimWrapperDict
) -> dict[str, Tensor]:
    """One update of all networks of a complete model; losses as ``train_step`` returns them."""
    inputs = model.data_preprocessor(data, training=True)['inputs']
    low, normal = inputs['low'], inputs['normal']
    windows = model.draw_windows(*low.shape[-2:])
    enhanced = model.generator(inputs.get('darkened', low))
    fakes, reals, originals = (
        [model.crop(image, [window]) for window in windows] for image in (enhanced, normal, low)
    )

    def adversarial_loss(scale: str, player: str, real: Tensor, fake: Tensor) -> Tensor:
        discriminator = getattr(model, f'{scale}_discriminator')
        loss = getattr(model, f'{scale}_loss')
        if player == 'discriminator':
            fake = fake.detach()
        real_is_needed = player == 'discriminator' or isinstance(loss, RelativisticGANLoss)
        real_scores = discriminator(real) if real_is_needed else None
        return getattr(loss, player)(real_scores, discriminator(fake))

    def local_loss(player: str) -> Tensor:
        pairs = zip(reals, fakes)
        return torch.stack([adversarial_loss('local', player, *pair) for pair in pairs]).mean()

    losses = {
        'generator_global': adversarial_loss('global', 'generator', normal, enhanced),
        'generator_local': local_loss('generator'),
        'feature_global': feature_loss(model, enhanced, low),
        'feature_local': torch.stack(
            [feature_loss(model, fake, original) for fake, original in zip(fakes, originals)]
        ).mean(),
    }
    weights = model.loss_weights
    optim_wrapper['generator'].zero_grad()
    sum(weights.get(name, 1.0) * loss for name, loss in losses.items()).backward()
    optim_wrapper['generator'].step()

    optim_wrapper['global_discriminator'].zero_grad()
    losses['global_discriminator'] = adversarial_loss('global', 'discriminator', normal, enhanced)
    losses['global_discriminator'].backward()
    optim_wrapper['local_discriminator'].zero_grad()
    losses['local_discriminator'] = local_loss('discriminator')
    losses['local_discriminator'].backward()
    optim_wrapper['global_discriminator'].step()
    optim_wrapper['local_discriminator'].step()
    return {f'loss_{name}': loss.detach() for name, loss in losses.items()}


def feature_loss(model: EnlightenGAN, enhanced: Tensor, reference: Tensor) -> Tensor:
    """Self-feature-preserving loss of one batch."""
    features = model.feature_loss.features

    def normalised(image: Tensor) -> Tensor:
        kept = dropped = features(image)
        if isinstance(features, VGG16Features) and features.layers[-1] == '5_1':
            for _ in range(2):  # officially two equal layers follow, and their result is dropped
                dropped = F.relu(F.conv2d(dropped, *features.convolution('conv5_1'), padding=1))
        return F.instance_norm(kept)

    return F.mse_loss(normalised(enhanced), normalised(reference))
