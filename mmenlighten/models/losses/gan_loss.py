"""Adversarial losses of single scores."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice

VARIANTS = ('lsgan', 'vanilla', 'hinge', 'wgan')
REDUCTIONS = ('mean', 'sum')


@MODELS.register_module()
class GANLoss(nn.Module):
    """Adversarial loss on the scores of real and fake images; officially that of the patches.

    With r, f the scores of real and fake images and E the mean over all elements:

    ======== ==================================== ===================
    variant  discriminator                        generator
    ======== ==================================== ===================
    lsgan    (E[(r - 1)^2] + E[f^2]) / 2          E[(f - 1)^2]
    vanilla  (E[softplus(-r)] + E[softplus(f)])/2 E[softplus(-f)]
    hinge    (E[max(0, 1-r)] + E[max(0, 1+f)])/2  -E[f]
    wgan     (E[f] - E[r]) / 2                    -E[f]
    ======== ==================================== ===================

    Equations 3 and 4 of the EnlightenGAN paper are ``lsgan``; the factor 1/2 of the discriminator
    is the official code's, and the other variants share it. ``wgan`` alone does not bound the
    critic's slope: add weight clipping or a gradient penalty.

    Args:
        variant: The row of the table.
        reduction_of_discriminator: ``'mean'`` of the losses of real and of fake scores, as in the
            table, or their ``'sum'``, twice as much.

    Raises:
        ConfigError: The variant or the reduction is unknown.
    """

    def __init__(
        self,
        variant: Literal['lsgan', 'vanilla', 'hinge', 'wgan'] = 'lsgan',
        reduction_of_discriminator: Literal['mean', 'sum'] = 'mean',
    ) -> None:
        super().__init__()
        check_choice('GANLoss.variant', variant, VARIANTS)
        check_choice('GANLoss.reduction_of_discriminator', reduction_of_discriminator, REDUCTIONS)
        self.variant = variant
        self.factor = 0.5 if reduction_of_discriminator == 'mean' else 1.0

    def generator(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Loss of the generator, a scalar; the scores of real images do not enter."""
        if self.variant == 'lsgan':
            return (fake_scores - 1).square().mean()
        if self.variant == 'vanilla':
            return F.softplus(-fake_scores).mean()
        return -fake_scores.mean()

    def discriminator(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Loss of the discriminator, a scalar."""
        if self.variant == 'lsgan':
            real, fake = (real_scores - 1).square(), fake_scores.square()
        elif self.variant == 'vanilla':
            real, fake = F.softplus(-real_scores), F.softplus(fake_scores)
        elif self.variant == 'hinge':
            real, fake = F.relu(1 - real_scores), F.relu(1 + fake_scores)
        else:
            real, fake = -real_scores, fake_scores
        return (real.mean() + fake.mean()) * self.factor
