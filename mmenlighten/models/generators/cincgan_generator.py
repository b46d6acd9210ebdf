"""The generators of CinCGAN."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.network_protocols import NetworkTraits

SLOPE = 0.2
"""Of the leaky ReLU."""

MAPS_AT_PEAK = 6
"""Maps of full size in memory at once: measured 5.03 at 1200 x 1200 pixels, and rounded up."""


@MODELS.register_module()
class CinCGANGenerator(nn.Module):
    """Residual network without norms: generators 1 and 2 of CinCGAN, and 3 with ``stride=2``.

    Convolutions 7x7, 3x3 and 3x3, six residual blocks, then 3x3, 3x3 and 7x7, with leaky ReLU
    between them and zero padding. There is no official program: this is what most ports agree on,
    with biases and no norms (609,731 parameters). Inside, images are in [0, 1] as there, so that
    their weights fit (``conv_input``, ``residual``, ``conv_output``).

    Args:
        base_channels: Channels of all layers.
        num_blocks: Number of residual blocks.
        stride: Of the second and the third convolution: 2 reduces images to a quarter of their
            sides, as generator 3 of the outer cycle does. Unverified: no training with it is here.
    """

    def __init__(self, base_channels: int = 64, num_blocks: int = 6, stride: int = 1) -> None:
        super().__init__()
        self.base_channels = base_channels
        self.receptive_field_radius = 2 * (3 + 1 + 1) + 2 * num_blocks
        self.conv_input = nn.Sequential(
            nn.Conv2d(3, base_channels, kernel_size=7, padding=3),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(base_channels, base_channels, 3, stride=stride, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(base_channels, base_channels, 3, stride=stride, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
        )
        blocks = [ResidualBlock(base_channels) for _ in range(num_blocks)]
        self.residual = nn.Sequential(*blocks)
        self.conv_output = nn.Sequential(
            nn.Conv2d(base_channels, base_channels, kernel_size=3, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(base_channels, base_channels, kernel_size=3, padding=1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(base_channels, 3, kernel_size=7, padding=3),
        )

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: with ``stride=1`` any size will do, and the reach is finite."""
        return NetworkTraits(
            size_multiple=1,
            receptive_field_radius=self.receptive_field_radius,
            bytes_per_pixel=MAPS_AT_PEAK * self.base_channels * 4,
        )

    def forward(self, image: Tensor) -> Tensor:
        """Translates RGB images (N, 3, H, W) in [-1, 1]; the result is not clamped."""
        features = self.residual(self.conv_input((image + 1) / 2))
        return 2 * self.conv_output(features) - 1


class ResidualBlock(nn.Module):
    """Two convolutions, each with its leaky ReLU, and the input; nothing after the sum."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.activation = nn.LeakyReLU(SLOPE, inplace=True)

    def forward(self, features: Tensor) -> Tensor:
        """Takes and returns features (N, C, H, W)."""
        inner = self.activation(self.conv1(features))
        return self.activation(self.conv2(inner)) + features
