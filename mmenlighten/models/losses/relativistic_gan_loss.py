"""Adversarial losses of scores relative to the mean of the other side."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.distributed import mean_of_processes

VARIANTS = ('lsgan', 'standard', 'hinge')


@MODELS.register_module()
class RelativisticGANLoss(nn.Module):
    """Relativistic average loss (Jolicoeur-Martineau, 2018); officially that of whole images.

    With r, f the scores of real and fake images, m the mean over batch and score map,
    x = r - m(f) and y = f - m(r), the losses are the mean over all elements of

    ======== ========================================= =========================================
    variant  discriminator                             generator
    ======== ========================================= =========================================
    lsgan    ((x - 1)^2 + y^2) / 2                     (x^2 + (y - 1)^2) / 2
    standard (softplus(-x) + softplus(y)) / 2          (softplus(x) + softplus(-y)) / 2
    hinge    (max(0, 1 - x) + max(0, 1 + y)) / 2       (max(0, 1 + x) + max(0, 1 - y)) / 2
    ======== ========================================= =========================================

    ``lsgan`` is Equations 1 and 2 of the EnlightenGAN paper with the official code's 1/2. The
    means run over the **whole** batch: in distributed training over that of all processes, with
    gradient, so that N processes of n images train as one process of N n. All processes must
    hold equally many images, as MMEngine's samplers ensure.

    Scores of shape (N, 1, h, w) share one mean; scores of (K, N, 1, h, w) are K groups (patch
    windows) with a mean each.

    Raises:
        ConfigError: The variant is unknown.
    """

    def __init__(self, variant: Literal['lsgan', 'standard', 'hinge'] = 'lsgan') -> None:
        super().__init__()
        check_choice('RelativisticGANLoss.variant', variant, VARIANTS)
        self.variant = variant

    def generator(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Loss of the generator, a scalar: that of the discriminator with the roles exchanged."""
        return self.discriminator(real_scores=fake_scores, fake_scores=real_scores)

    def discriminator(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Loss of the discriminator, a scalar."""
        real = real_scores - _mean_of_all_processes(fake_scores)
        fake = fake_scores - _mean_of_all_processes(real_scores)
        if self.variant == 'lsgan':
            real, fake = (real - 1).square(), fake.square()
        elif self.variant == 'standard':
            real, fake = F.softplus(-real), F.softplus(fake)
        else:
            real, fake = F.relu(1 - real), F.relu(1 + fake)
        return (real.mean() + fake.mean()) / 2


def _mean_of_all_processes(scores: Tensor) -> Tensor:
    dims = tuple(range(scores.dim() - 4, scores.dim()))
    return mean_of_processes(scores.mean(dims, keepdim=True))
