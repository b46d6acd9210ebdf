"""The network of Learning to See in the Dark: from planes of a raw picture to sRGB."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_glorot
from mmenlighten.models.layers import depth_to_space
from mmenlighten.raw import LAYOUTS
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.network_protocols import NetworkTraits

HALVINGS = 4
"""How often the planes are halved."""


@MODELS.register_module()
class SeeInTheDarkUNet(nn.Module):
    """U-Net whose last channels are blocks of RGB pixels (Chen et al., 2018; Section 3.2).

    It has no norms. Layers bear the names of the official variables; the transposed convolutions,
    which have none there, are ``up6`` to ``up9``. The default arguments are the official network
    for Bayer sensors, of 7,760,268 parameters; that for X-Trans has 7,762,203.

    Args:
        layout: Of the filters: ``'bayer'`` (4 planes at half the size) or ``'xtrans'`` (9 planes
            at a third).
        base_channels: Channels at the size of the planes; twice as many after each halving.

    Raises:
        ConfigError: ``layout`` is unknown.
    """

    REACH = 112
    """Packed pixels around a block on the grid of 16 that its result can depend on, rounded up.

    Two convolutions reach 2 pixels of their level: 2 (1 + 2 + 4 + 8) down, as much up, and 2 * 16
    at the bottom; pooling reaches 15 more to one side.
    """

    def __init__(self, layout: str = 'bayer', base_channels: int = 32) -> None:
        super().__init__()
        check_choice('SeeInTheDarkUNet.layout', layout, LAYOUTS)
        self.layout = LAYOUTS[layout]
        self.base_channels = base_channels
        widths = [base_channels * 2**level for level in range(HALVINGS + 1)]
        inputs = self.layout.planes
        for index, width in enumerate(widths, start=1):
            self._add_block(index, inputs, width)
            inputs = width
        for index, width in enumerate(reversed(widths[:-1]), start=len(widths) + 1):
            up = nn.ConvTranspose2d(2 * width, width, 2, stride=2, bias=False)
            self.add_module(f'up{index}', up)
            self._add_block(index, 2 * width, width)
        self.g_conv10 = nn.Conv2d(base_channels, 3 * self.layout.side**2, 1)
        self._initialize()

    def forward(self, planes: Tensor) -> Tensor:
        """Develops planes of a mosaic.

        Args:
            planes: Amplified light (N, C, h, w) in [-1, 1], of any size.

        Returns:
            RGB (N, 3, h * side, w * side) in [-1, 1], not clamped.
        """
        features, skips = (planes + 1) / 2, []
        for index in range(1, HALVINGS + 1):
            skips.append(self._block(index, features))
            # The odd last row of a map is a window of its own.
            features = F.max_pool2d(skips[-1], 2, ceil_mode=True)
        features = self._block(HALVINGS + 1, features)
        for index, skip in enumerate(reversed(skips), start=HALVINGS + 2):
            height, width = skip.shape[-2:]
            upsampled = self.get_submodule(f'up{index}')(features)[..., :height, :width]
            features = self._block(index, torch.cat([upsampled, skip], dim=1))
        return depth_to_space(self.g_conv10(features), self.layout.side) * 2 - 1

    def preview(self, planes: Tensor) -> Tensor:
        """Planes as a picture (N, 3, h * side, w * side), to look at: the mean of each colour."""
        colours = self.layout.colours()
        kinds = [[i for i, own in enumerate(colours) if own == colour] for colour in 'RGB']
        small = torch.stack([planes[:, kind].mean(dim=1) for kind in kinds], dim=1)
        return F.interpolate(small, scale_factor=self.layout.side)

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know, in packed pixels: the planes may be cut on a grid of 16."""
        return NetworkTraits(
            size_multiple=2**HALVINGS,
            in_channels=self.layout.planes,
            receptive_field_radius=self.REACH,
            bytes_per_pixel=5 * self.base_channels * 4,
        )

    def _add_block(self, index: int, inputs: int, width: int) -> None:
        self.add_module(f'g_conv{index}_1', nn.Conv2d(inputs, width, 3, padding=1))
        self.add_module(f'g_conv{index}_2', nn.Conv2d(width, width, 3, padding=1))

    def _block(self, index: int, features: Tensor) -> Tensor:
        for part in (1, 2):
            features = self.get_submodule(f'g_conv{index}_{part}')(features)
            features = F.leaky_relu(features, 0.2)
        return features

    def _initialize(self) -> None:
        initialize_glorot(self)
        for child in self.modules():
            if isinstance(child, nn.ConvTranspose2d):
                nn.init.trunc_normal_(child.weight, std=0.02, a=-0.04, b=0.04)
