"""EnlightenGAN, whose discriminators score real and enhanced images with less work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from mmenlighten.acceleration.cpu.joint_scoring import can_score_jointly, score_jointly
from mmenlighten.acceleration.devices import is_eager_on_cpu
from mmenlighten.models import EnlightenGAN
from mmenlighten.models.enhancers.enlightengan import Scores
from mmenlighten.utils.compilation import is_compiled
from mmenlighten.utils.distributed import unwrap_model
from mmenlighten.utils.precision import full_precision


class FastEnlightenGAN(EnlightenGAN):
    """EnlightenGAN with another :meth:`score`; all else is inherited.

    Real and enhanced images go through a discriminator as one batch: its weights outweigh the
    small maps, and are read once. The enhanced ones have a second graph, in which the weights need
    no gradient: the generator's loss goes back through that one, and so through half of the batch,
    the discriminator's through the other. Autograd follows what leads to the parameters that a loss
    is for, and scores are the same in both.
    """

    def score(self, discriminator: nn.Module, real: Tensor, fake: Tensor) -> Scores:
        """Maps of scores of real and of enhanced images (N, 3, H, W) by a discriminator."""
        network = unwrap_model(discriminator)
        if not fake.requires_grad or real.shape[1:] != fake.shape[1:] or has_batch_norm(network):
            return super().score(discriminator, real, fake)
        if is_compiled(network):
            # Compiled code computes all gradients of a call at once, wanted or not. So the second
            # graph is a second call, and the first one has the enhanced images as they are.
            both = full_precision(discriminator(torch.cat([real, fake.detach()])))
            with _without_gradients(network):
                again = full_precision(network(fake))
        elif can_score_jointly(discriminator) and is_eager_on_cpu(real):
            both, again = score_jointly(discriminator, real, fake)
        else:  # of a class of its own, with norms, wrapped for distributed training, or on a GPU
            return super().score(discriminator, real, fake)
        real_scores, fake_scores = both.split([len(real), len(fake)])
        return real_scores, fake_scores + (again - again.detach())


def has_batch_norm(network: nn.Module) -> bool:
    """Whether there are statistics, which are those of one kind of images."""
    return any(isinstance(module, _BatchNorm) for module in network.modules())


@contextmanager
def _without_gradients(network: nn.Module) -> Iterator[None]:
    """Parameters need none in what is computed inside."""
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)
