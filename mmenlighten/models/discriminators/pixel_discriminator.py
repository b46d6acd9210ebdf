"""A discriminator that scores each pixel by itself."""

from __future__ import annotations

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_normal
from mmenlighten.registry import MODELS

from .patch_discriminator import SLOPE


@MODELS.register_module()
class PixelDiscriminator(nn.Module):
    """PixelGAN of pix2pix and CycleGAN (officially ``pixel``): convolutions of kernel 1.

    It judges colours and, through its instance norm, how they are distributed in the image; no
    texture.

    Args:
        in_channels: Channels of the image.
        base_channels: Channels after the first convolution; then there are twice as many.
    """

    def __init__(self, in_channels: int = 3, base_channels: int = 64) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(in_channels, base_channels, 1),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(base_channels, 2 * base_channels, 1),
            nn.InstanceNorm2d(2 * base_channels),
            nn.LeakyReLU(SLOPE, inplace=True),
            nn.Conv2d(2 * base_channels, 1, 1),
        )
        initialize_normal(self)

    def forward(self, image: Tensor) -> Tensor:
        """Scores RGB images of shape (N, 3, H, W) in [-1, 1]: a map (N, 1, H, W), unbounded."""
        return self.net(image)
