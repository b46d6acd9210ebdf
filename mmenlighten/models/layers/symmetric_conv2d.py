"""A convolution whose padding mirrors the picture, the edge pixel included."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.utils.padding import pad_symmetric


class SymmetricConv2d(nn.Conv2d):
    """``nn.Conv2d`` of an odd kernel, with half of the kernel added on each side.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the result.
        kernel_size: An odd number.
        stride: Of the convolution.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride)
        self.margin = kernel_size // 2

    def forward(self, features: Tensor) -> Tensor:
        """Convolves (N, C, H, W), whose sides are at least half of the kernel."""
        # One pixel on each side is what torch calls replication, in one copy instead of two.
        if self.margin == 1:
            return super().forward(F.pad(features, [1] * 4, mode='replicate'))
        return super().forward(pad_symmetric(features, self.margin) if self.margin else features)

    def extra_repr(self) -> str:
        """Says what the layer does besides a convolution."""
        return f'{super().extra_repr()}, symmetric_padding={self.margin}'
