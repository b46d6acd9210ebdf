"""A generator of one's own: a brightening curve for each pixel and channel."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class MyGenerator(nn.Module):
    """Raises each pixel to a power that a small network chooses from the whole picture's context.

    With y the picture in [0, 1], the result is y^g. The exponent g is above 0, differs between
    pixels and channels, and is 1 (no change) where the network puts out 0. The network looks at
    a reduced copy of the picture, so that its exponents are smooth and its cost is small.

    Args:
        channels: Width of the network.
        context_size: Height and width of the reduced copy.
    """

    def __init__(self, channels: int = 32, context_size: int = 64) -> None:
        super().__init__()
        self.context_size = context_size
        self.network = nn.Sequential(
            nn.Conv2d(3, channels, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, kernel_size=3, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, 3, kernel_size=3, padding=1),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Enhances RGB pictures of shape (N, 3, H, W) in [-1, 1]; the result has both as well."""
        context = F.interpolate(image, size=(self.context_size, self.context_size), mode='area')
        exponent = F.interpolate(
            self.network(context).tanh().exp(), size=image.shape[-2:], mode='bilinear'
        )
        brightness = ((image + 1) / 2).clamp(min=1e-4, max=1)  # the slope at 0 may be infinite
        return torch.pow(brightness, exponent) * 2 - 1
