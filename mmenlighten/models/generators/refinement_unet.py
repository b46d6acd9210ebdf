"""What a lit image still needs, predicted by a small U-Net at half of its size."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .curve_grid import SLOPE, lifted


class RefinementUNet(nn.Module):
    """Tells noise from detail, and how tone and colour are to be corrected.

    It sees the image before and after it is lit, and by how much: noise is what the light
    amplified.

    Args:
        widths: Channels at 1/2, 1/4 and 1/8 of the size.
        outputs: Channels of the result.
    """

    size_multiple = 8

    def __init__(self, widths: tuple[int, int, int], outputs: int) -> None:
        super().__init__()
        first, second, third = widths
        self.encoder1 = _two_convolutions(27, first)
        self.encoder2 = _two_convolutions(first, second, stride=2)
        self.encoder3 = nn.Sequential(
            _two_convolutions(second, third, stride=2), *_convolution(third, third)
        )
        self.up2 = nn.Conv2d(third, second, 1)
        self.decoder2 = nn.Sequential(*_convolution(second, second))
        self.up1 = nn.Conv2d(second, first, 1)
        self.decoder1 = nn.Sequential(*_convolution(first, first))
        self.head = nn.Conv2d(first, outputs, 3, padding=1)

    def forward(self, image: Tensor, lit: Tensor, exponents: Tensor) -> Tensor:
        """Predicts what each 2 x 2 pixels need.

        Args:
            image: RGB (N, 3, H, W) in [0, 1]; sides are multiples of 8.
            lit: The same after it was lit.
            exponents: Log exponents by which it was lit (N, 3, H / 2, W / 2).

        Returns:
            (N, outputs, H / 2, W / 2).
        """
        pixels = [F.pixel_unshuffle(2 * view - 1, 2) for view in (lifted(image), lit)]
        level1 = self.encoder1(torch.cat([*pixels, exponents / 2], dim=1))
        level2 = self.encoder2(level1)
        level3 = self.encoder3(level2)
        level2 = self.decoder2(level2 + upsample(self.up2(level3)))
        level1 = self.decoder1(level1 + upsample(self.up1(level2)))
        return self.head(level1)


def upsample(maps: Tensor) -> Tensor:
    """Twice the height and width, bilinear."""
    return F.interpolate(maps, scale_factor=2, mode='bilinear', align_corners=False)


def _convolution(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, nn.Module]:
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.LeakyReLU(SLOPE)


def _two_convolutions(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(*_convolution(inputs, outputs, stride), *_convolution(outputs, outputs))
