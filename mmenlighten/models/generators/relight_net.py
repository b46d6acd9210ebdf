"""The network of RetinexNet that adjusts the illumination."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_glorot
from mmenlighten.models.layers import SamePadConv2d
from mmenlighten.registry import MODELS

HALVINGS = 3
"""How often the size is halved."""


@MODELS.register_module()
class RelightNet(nn.Module):
    """Enhance-Net, officially RelightNet (Wei et al., 2018; Section 3.2): 236,865 parameters.

    Three convolutions of stride 2, three after resizing to the nearest pixel, with the feature maps
    of the way down **added** after the ReLU, and the three results together at full size.

    Args:
        channels: Channels of all layers between.
    """

    def __init__(self, channels: int = 64) -> None:
        super().__init__()
        self.channels = channels
        self.conv0 = nn.Conv2d(4, channels, 3, padding=1)
        for level in range(1, HALVINGS + 1):
            self.add_module(f'conv{level}', SamePadConv2d(channels, channels, 3, stride=2))
        for level in range(1, HALVINGS + 1):
            self.add_module(f'deconv{level}', nn.Conv2d(channels, channels, 3, padding=1))
        self.fusion = nn.Conv2d(HALVINGS * channels, channels, 1)
        self.output = nn.Conv2d(channels, 1, 3, padding=1)
        initialize_glorot(self)

    def forward(self, reflectance: Tensor, illumination: Tensor) -> Tensor:
        """Adjusts an illumination.

        Args:
            reflectance: (N, 3, H, W) in [0, 1].
            illumination: (N, 1, H, W) in [0, 1].

        Returns:
            Illumination (N, 1, H, W), without bounds.
        """
        maps = [self.conv0(torch.cat([reflectance, illumination], dim=1))]  # no activation
        for level in range(1, HALVINGS + 1):
            maps.append(self.get_submodule(f'conv{level}')(maps[-1]).relu_())
        features, results = maps.pop(), []
        for level in range(1, HALVINGS + 1):
            skip = maps.pop()
            features = F.interpolate(features, size=skip.shape[-2:], mode='nearest')
            features = self.get_submodule(f'deconv{level}')(features).relu_() + skip
            results.append(features)
        size = illumination.shape[-2:]
        results = [F.interpolate(result, size=size, mode='nearest') for result in results[:-1]]
        return self.output(self.fusion(torch.cat([*results, features], dim=1)))
