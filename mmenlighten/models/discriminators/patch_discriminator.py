"""The discriminator of both scales of EnlightenGAN."""

from __future__ import annotations

from mmengine.model import BaseModule
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_official
from mmenlighten.registry import MODELS

SLOPE = 0.2
"""Of the leaky ReLU."""


@MODELS.register_module()
class PatchDiscriminator(BaseModule):
    """PatchGAN without norms (Section 3.2), equal to the official ``no_norm_4``.

    Convolutions of kernel 4 and padding 2: ``num_downs`` with stride 2, then two with stride 1.
    The scores are not squashed, as least-squares losses want them.

    The default arguments are the official global discriminator (11,154,369 parameters, receptive
    field 286 pixels); ``num_downs=4`` gives the local one (6,959,553 parameters).

    Args:
        in_channels: Channels of the image.
        base_channels: Channels after the first convolution; they double up to eightfold.
        num_downs: Number of convolutions with stride 2.
    """

    def __init__(self, in_channels: int = 3, base_channels: int = 64, num_downs: int = 5) -> None:
        super().__init__()
        widths = [base_channels * min(2**level, 8) for level in range(num_downs + 1)]
        strides = [2] * num_downs + [1]
        layers: list[nn.Module] = []
        for width, stride in zip(widths, strides):
            layers.append(nn.Conv2d(in_channels, width, 4, stride=stride, padding=2))
            layers.append(nn.LeakyReLU(SLOPE, inplace=True))
            in_channels = width
        layers.append(nn.Conv2d(in_channels, 1, kernel_size=4, stride=1, padding=2))
        self.model = nn.Sequential(*layers)
        initialize_official(self)

    def forward(self, image: Tensor) -> Tensor:
        """Scores RGB images of shape (N, 3, H, W) in [-1, 1]: a map (N, 1, h, w), unbounded."""
        return self.model(image)
