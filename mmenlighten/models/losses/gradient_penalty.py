"""What keeps the slope of a critic in bounds."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from mmenlighten.registry import MODELS


@MODELS.register_module()
class GradientPenalty(nn.Module):
    """Penalty on slopes above 1 of a critic, between real and fake pictures.

    By default that of Deep Photo Enhancer, mean over the batch of ``max(0, |dD/dz| - 1)``. The norm
    is over all values of a picture in [0, 1].

    Args:
        one_sided: Whether slopes below 1 are free, as they are for a Lipschitz bound; WGAN-GP
            (Gulrajani et al., 2017) wants them to be 1.
        squared: Whether the excess is squared, as in WGAN-GP.
    """

    def __init__(self, one_sided: bool = True, squared: bool = False) -> None:
        super().__init__()
        self.one_sided, self.squared = one_sided, squared

    def forward(self, critic: nn.Module, real: Tensor, fake: Tensor, shares: Tensor) -> Tensor:
        """The penalty, a scalar that can be differentiated by the critic's weights.

        Args:
            critic: The network, without a wrapper of distributed training.
            real: Images (N, 3, H, W) in [-1, 1].
            fake: The same number of made images; neither gets a gradient.
            shares: How far from real to fake each place lies where the slope is taken, (N,) in
                [0, 1].
        """
        shares = shares.view(-1, 1, 1, 1)
        unit = ((torch.lerp(real, fake, shares).detach() + 1) / 2).contiguous()
        unit.requires_grad_()
        # oneDNN's second derivatives of a single picture in `channels_last` are wrong (seen with
        # torch 2.13): the weights are laid out plainly here, wherever their gradients go.
        weights = {f'network.{name}': p.contiguous() for name, p in critic.named_parameters()}
        scores = functional_call(_Eager(critic), weights, 2 * unit - 1)
        # A score is of one picture alone, so the gradient of their sum has that of each.
        (gradients,) = torch.autograd.grad(scores.sum(), unit, create_graph=True)
        excess = gradients.flatten(1).norm(dim=1) - 1
        if self.one_sided:
            excess = F.relu(excess)
        return (excess.square() if self.squared else excess).mean()


class _Eager(nn.Module):
    """A network as it is: what ``torch.compile`` makes of it has no second derivative."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        result: Tensor = self.network.forward(image)
        return result
