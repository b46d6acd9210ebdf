"""Layer norm of a whole image."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.utils.precision import full_precision

EPS = 1e-5


class ImageLayerNorm(nn.Module):
    """Takes mean and deviation over all channels and pixels of an image, then scales channels.

    Not torch's ``LayerNorm`` or ``GroupNorm``: as in the official UNIT, the deviation is the
    unbiased one, ``EPS`` is added to it and not to the variance, and the scales start random. What
    tells channels apart stays, unlike behind an instance norm.

    Args:
        channels: Channels of the features.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.rand(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, features: Tensor) -> Tensor:
        """Normalises (N, C, H, W)."""
        # In half precision the squares of a whole image do not add up.
        deviation, mean = torch.std_mean(full_precision(features), (1, 2, 3), keepdim=True)
        scale = self.weight.view(1, -1, 1, 1) / (deviation + EPS)
        return torch.addcmul(self.bias.view(1, -1, 1, 1), features - mean, scale)
