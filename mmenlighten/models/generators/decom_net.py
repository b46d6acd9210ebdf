"""The network of RetinexNet that splits images into reflectance and illumination."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_glorot
from mmenlighten.registry import MODELS


@MODELS.register_module()
class DecomNet(nn.Module):
    """Decom-Net (Wei et al., 2018; Section 3.1): 207,748 parameters by default.

    A convolution of kernel 9 without activation, some of kernel 3 with ReLU, one to four channels.
    Layers bear the official names.

    Args:
        channels: Channels of all layers between.
        num_layers: Number of layers with ReLU.
    """

    def __init__(self, channels: int = 64, num_layers: int = 5) -> None:
        super().__init__()
        self.num_layers = num_layers
        self.shallow_feature_extraction = nn.Conv2d(4, channels, 9, padding=4)
        for index in range(num_layers):
            layer = nn.Conv2d(channels, channels, 3, padding=1)
            self.add_module(f'activated_layer_{index}', layer)
        self.recon_layer = nn.Conv2d(channels, 4, 3, padding=1)
        initialize_glorot(self)

    @property
    def reach(self) -> int:
        """Pixels on each side that a pixel of the result depends on."""
        return 4 + self.num_layers + 1

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Splits RGB images (N, 3, H, W) in [0, 1].

        Returns:
            Reflectance (N, 3, H, W) and illumination (N, 1, H, W), both in (0, 1).
        """
        brightest = image.amax(dim=1, keepdim=True)
        features = self.shallow_feature_extraction(torch.cat([brightest, image], dim=1))
        for index in range(self.num_layers):
            features = self.get_submodule(f'activated_layer_{index}')(features).relu_()
        return self.recon_layer(features).sigmoid().split([3, 1], dim=1)
