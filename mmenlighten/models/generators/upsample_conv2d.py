"""The upsampling layer of U-Nets: bilinear interpolation, then a convolution."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class UpsampleConv2d(nn.Conv2d):
    """Bilinear upsampling by two, then a 3x3 convolution that is padded with zeros.

    Args:
        in_channels: Channels of the small map.
        out_channels: Channels of the result.
        align_corners: See :func:`torch.nn.functional.interpolate`.
    """

    def __init__(self, in_channels: int, out_channels: int, align_corners: bool) -> None:
        super().__init__(in_channels, out_channels, kernel_size=3, padding=1)
        self.align_corners = align_corners

    def forward(self, features: Tensor) -> Tensor:
        """Upsamples and convolves (N, C, H, W): (N, C', 2H, 2W)."""
        upsampled = F.interpolate(
            features, scale_factor=2, mode='bilinear', align_corners=self.align_corners
        )
        return super().forward(upsampled)
