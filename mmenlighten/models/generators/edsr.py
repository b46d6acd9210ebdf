"""EDSR, the super-resolution network of CinCGAN's outer cycle."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS

DIV2K_MEAN = (0.4488, 0.4371, 0.4040)
"""Mean of R, G and B over the training images of DIV2K, in [0, 1]."""


@MODELS.register_module()
class EDSR(nn.Module):
    """Enlarges images four times (Lim et al., CVPR workshops 2017): 43,089,923 parameters.

    Not for enhancing, as the size changes: it is the generator of CinCGAN's outer cycle, which is
    unverified, since no official program and no training is at hand. Inside, images are in
    [0, 255] less their mean colour. Layers bear the names of EDSR-PyTorch, whose mean shifts
    ``sub_mean`` and ``add_mean`` are constants here.

    Args:
        base_channels: Channels of all layers.
        num_blocks: Number of residual blocks.
        residual_scale: Factor of what a block adds; wide networks do not train without.
    """

    mean: Tensor

    def __init__(
        self, base_channels: int = 256, num_blocks: int = 32, residual_scale: float = 0.1
    ) -> None:
        super().__init__()
        blocks = [ResidualBlock(base_channels, residual_scale) for _ in range(num_blocks)]
        self.head = nn.Sequential(_convolution(3, base_channels))
        self.body = nn.Sequential(*blocks, _convolution(base_channels, base_channels))
        enlarge = nn.Sequential(
            _convolution(base_channels, 4 * base_channels),
            nn.PixelShuffle(2),
            _convolution(base_channels, 4 * base_channels),
            nn.PixelShuffle(2),
        )
        self.tail = nn.Sequential(enlarge, _convolution(base_channels, 3))
        mean = 255 * torch.tensor(DIV2K_MEAN).view(3, 1, 1)
        self.register_buffer('mean', mean, persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """From RGB images (N, 3, H, W) in [-1, 1] to (N, 3, 4 H, 4 W), not clamped."""
        features = self.head((image + 1) * 127.5 - self.mean)
        features = features + self.body(features)
        return (self.tail(features) + self.mean) / 127.5 - 1


class ResidualBlock(nn.Module):
    """Convolution, ReLU, convolution; scaled, and added to the input."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.body = nn.Sequential(
            _convolution(channels, channels),
            nn.ReLU(inplace=True),
            _convolution(channels, channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Takes and returns features (N, C, H, W)."""
        return features + self.scale * self.body(features)


def _convolution(in_channels: int, out_channels: int) -> nn.Conv2d:
    return nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1)
