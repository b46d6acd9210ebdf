"""The training step in the official order of work, to measure what ``train_step`` saves.

The mathematics is that of :meth:`mmenlighten.models.EnlightenGAN.train_step`, and a test compares
the gradients of both. The work is the official code's: patches are judged one by one, the
discriminators judge everything a second time for their own losses, gradients that nobody reads are
computed and cleared, and VGG-16 goes on to its last convolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapperDict
from torch import Tensor

from mmenlighten.models import (
    EnlightenGAN,
    FrozenFeatureNetwork,
    RelativisticGANLoss,
    VGG16Features,
)


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

    losses = {'generator_global': adversarial_loss(model, 'global', 'generator', normal, enhanced)}
    losses['generator_local'] = mean(
        adversarial_loss(model, 'local', 'generator', real, fake)
        for real, fake in zip(reals, fakes)
    )
    losses['feature_global'] = feature_loss(model, enhanced, low)
    losses['feature_local'] = mean(
        feature_loss(model, fake, original) for fake, original in zip(fakes, originals)
    )
    weights = model.loss_weights
    optim_wrapper['generator'].zero_grad()
    sum(weights.get(name, 1.0) * loss for name, loss in losses.items()).backward()
    optim_wrapper['generator'].step()

    optim_wrapper['global_discriminator'].zero_grad()
    losses['global_discriminator'] = adversarial_loss(
        model, 'global', 'discriminator', normal, enhanced.detach()
    )
    losses['global_discriminator'].backward()
    optim_wrapper['local_discriminator'].zero_grad()
    losses['local_discriminator'] = mean(
        adversarial_loss(model, 'local', 'discriminator', real, fake.detach())
        for real, fake in zip(reals, fakes)
    )
    losses['local_discriminator'].backward()
    optim_wrapper['global_discriminator'].step()
    optim_wrapper['local_discriminator'].step()
    return {f'loss_{name}': loss.detach() for name, loss in losses.items()}


def adversarial_loss(
    model: EnlightenGAN, scale: str, player: str, real: Tensor, fake: Tensor
) -> Tensor:
    """Loss of one player (``generator`` or ``discriminator``) on one pair of batches."""
    discriminator = getattr(model, f'{scale}_discriminator')
    loss = getattr(model, f'{scale}_loss')
    real_is_needed = player == 'discriminator' or isinstance(loss, RelativisticGANLoss)
    real_scores = discriminator(real) if real_is_needed else None
    return getattr(loss, player)(real_scores, discriminator(fake))


def feature_loss(model: EnlightenGAN, enhanced: Tensor, reference: Tensor) -> Tensor:
    """Self-feature-preserving loss of one batch."""
    features = model.feature_loss.features
    normalised = [
        F.instance_norm(whole_features(features, image)) for image in (enhanced, reference)
    ]
    return F.mse_loss(*normalised)


def whole_features(features: FrozenFeatureNetwork, image: Tensor) -> Tensor:
    """Features of relu5_1; computes and drops the two equal layers behind it, as officially."""
    kept = dropped = features(image)
    if isinstance(features, VGG16Features) and features.layers[-1] == '5_1':
        for _ in range(2):
            dropped = F.relu(F.conv2d(dropped, *features.convolution('conv5_1'), padding=1))
    return kept


def mean(losses: Any) -> Tensor:
    """Mean of scalars."""
    return torch.stack(list(losses)).mean()
