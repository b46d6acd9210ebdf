"""The network with which a model enhances."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.utils.network_protocols import NetworkTraits, traits_of


class WholeEnhancer(nn.Module):
    """An enhancer that has no generator: its ``enhance`` is the network."""

    def __init__(self, enhancer: BaseEnhancer) -> None:
        super().__init__()
        self.enhancer = enhancer

    @property
    def traits(self) -> NetworkTraits:
        """What the enhancer declares."""
        return traits_of(self.enhancer)

    def forward(self, image: Tensor) -> Tensor:
        """See :meth:`.BaseEnhancer.enhance`."""
        return self.enhancer.enhance(image)


def generator_of(model: nn.Module) -> nn.Module:
    """A copy of what a model enhances with, in float32 on the CPU; the model stays as it is.

    Args:
        model: A generator, or an enhancer, whose averaged generator is taken where there is one.
    """
    if isinstance(model, BaseEnhancer):
        averaged = getattr(model, 'generator_ema', None)
        generator = getattr(model, 'generator', None) if averaged is None else averaged.module
        model = WholeEnhancer(model) if generator is None else generator
    return copy.deepcopy(model).cpu().float().eval()
