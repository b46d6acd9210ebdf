"""The first convolution of a discriminator in a form that GPUs have fast kernels for."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.gpu.pixel_packing import fill_channels

FEW_CHANNELS = 4


class SpaceToDepthConv2d(nn.Conv2d):
    """A convolution of kernel 4, stride 2 and padding 2, on a GPU as one of kernel 2 and stride 1.

    Each 2x2 pixels become the channels of one pixel, and the weights are sorted alike: the same
    products, but four times as many channels. Of three channels, convolutions and their gradients
    reach a small part of what a GPU can do; on a CPU nothing is gained.
    """

    @staticmethod
    def fits(module: nn.Conv2d) -> bool:
        """Whether a convolution is of this geometry, has a bias, and reads few channels."""
        return (
            module.kernel_size == (4, 4)
            and module.stride == module.padding == (2, 2)
            and module.dilation == (1, 1)
            and module.groups == 1
            and module.padding_mode == 'zeros'
            and module.bias is not None
            and module.in_channels <= FEW_CHANNELS
        )

    def forward(self, image: Tensor) -> Tensor:
        """Convolves (N, C, H, W) of any size: (N, C', H // 2 + 1, W // 2 + 1)."""
        if not image.is_cuda:
            return super().forward(image)
        image, weight = space_to_depth(image, self.weight)
        return F.conv2d(fill_channels(image), fill_channels(weight), self.bias)


def space_to_depth(image: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """What a convolution of stride 1 without padding gives the same of: image and weights."""
    height, width = image.shape[-2:]
    # The last line that an odd size leaves over is read by no position of the kernel.
    image = F.pad(image, [2, 2 - width % 2, 2, 2 - height % 2])
    return F.pixel_unshuffle(image, 2), F.pixel_unshuffle(weight, 2)
