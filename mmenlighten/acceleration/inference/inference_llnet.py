"""LLNet with some of its patches at a time."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor, nn

from mmenlighten.models import LLNet
from mmenlighten.models.generators.llnet import MOST_PATCHES

BYTES_PER_PIXEL = 64
"""Measured: copies of an image, as arrays too."""


class InferenceLLNet(nn.Module):
    """An :class:`LLNet` that has about :data:`.llnet.MOST_PATCHES` in memory at once, in tiles too.

    Args:
        network: The network, which this one uses.
    """

    def __init__(self, network: LLNet) -> None:
        super().__init__()
        self.network = network
        widest = sum(sorted(network.sizes)[-2:]) + 2 * network.sizes[0]
        self.traits = replace(
            network.traits, bytes_per_pixel=BYTES_PER_PIXEL, fixed_bytes=MOST_PATCHES * widest * 4
        )

    def forward(self, image: Tensor) -> Tensor:
        """See :meth:`.LLNet.forward`."""
        enhanced: Tensor = self.network(image)
        return enhanced

    def enhance_padded(self, image: Tensor) -> Tensor:
        """See :meth:`.LLNet.enhance_in_bands`."""
        return self.network.enhance_in_bands(image)
