"""The convolution that meets the picture, in a form that fast kernels have been written for."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from .grouped_pixels import fill_channels


class UnshuffledConvolution(nn.Conv2d):
    """A convolution of kernel 4, stride 2 and padding 2, computed as one of kernel 2 and stride 1.

    Each 2 x 2 pixels become the channels of one pixel, and the weights are sorted alike: the same
    products, but four times as many channels. Of three channels, convolutions and their gradients
    reach a small part of what a processor can do. Weights are those of the plain convolution.

    Args:
        in_channels: Channels of the picture.
        out_channels: Channels of the result.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size=4, stride=2, padding=2)

    def forward(self, image: Tensor) -> Tensor:
        """Convolves (N, C, H, W) of any size: (N, out_channels, H // 2 + 1, W // 2 + 1)."""
        image, weight = self.unshuffle(image)
        return F.conv2d(image, weight, self.bias)

    def unshuffle(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """What a convolution of stride 1 without padding gives the same of: picture and weights."""
        height, width = image.shape[-2:]
        # The last line that an odd size leaves over is read by no position of the kernel.
        image = F.pad(image, [2, 2 - width % 2, 2, 2 - height % 2])
        image, weight = F.pixel_unshuffle(image, 2), F.pixel_unshuffle(self.weight, 2)
        if image.is_cuda:
            image, weight = fill_channels(image), fill_channels(weight)
        return image, weight
