"""The guides of HDRNet: how bright a pixel is to its bilateral grid."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .hdrnet_coefficients import ConvBlock

KNOTS = 16


class CurveGuide(nn.Module):
    """A colour matrix, a piecewise linear curve for each channel, and their mix (Equation 4).

    It starts as the mean of the channels. The matrix starts 1e-4 times one random number away from
    the identity, in all entries alike.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ccm = nn.Parameter(torch.eye(3) + 1e-4 * torch.randn(1))
        self.ccm_bias = nn.Parameter(torch.zeros(3))
        self.shifts = nn.Parameter(torch.arange(KNOTS).div(KNOTS).repeat(3, 1))
        self.slopes = nn.Parameter(torch.eye(1, KNOTS).repeat(3, 1))
        self.channel_mixing = nn.Conv2d(3, 1, 1)
        nn.init.constant_(self.channel_mixing.weight, 1 / 3)
        self.channel_mixing.bias = nn.Parameter(torch.zeros(1))

    def forward(self, image: Tensor) -> Tensor:
        """From RGB (N, 3, H, W) in [0, 1] to guides (N, 1, H, W) in [0, 1].

        ``g = sum_c m_c sum_k slope_ck relu((x M + b)_c - shift_ck)`` is two products of matrices
        around a ReLU, with a row for each knot of each curve: faster than convolutions of 1 x 1.
        """
        pixels = image.flatten(2)
        to_knots = self.ccm.T.repeat_interleave(KNOTS, dim=0).expand(image.shape[0], -1, -1)
        starts = (self.ccm_bias[:, None] - self.shifts).view(-1, 1)
        above = F.relu(torch.baddbmm(starts, to_knots, pixels))
        mix = (self.channel_mixing.weight.view(3, 1) * self.slopes).view(1, -1)
        assert self.channel_mixing.bias is not None
        guide = mix @ above + self.channel_mixing.bias
        return guide.clamp(0, 1).view_as(image[:, :1])


class PointwiseGuide(nn.Module):
    """Two convolutions of 1 x 1, which curves can be told from but by being smooth.

    Args:
        features: Channels between the two.
    """

    def __init__(self, features: int = 16) -> None:
        super().__init__()
        self.conv1 = ConvBlock(3, features, 1, batch_norm=True)
        self.conv2 = nn.Conv2d(features, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """From RGB (N, 3, H, W) in [0, 1] to guides (N, 1, H, W) in [0, 1]."""
        return torch.sigmoid(self.conv2(self.conv1(image)))
