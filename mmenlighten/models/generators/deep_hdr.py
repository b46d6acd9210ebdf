"""DeepHDR: merges three exposures of a moving scene without optical flow."""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.layers import SamePadConv2d, light_of_frames
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.network_protocols import NetworkTraits

from .individual_batch_norm import BiasedBatchNorm2d

FRAMES = 3
"""Exposures of a bracket."""


@MODELS.register_module()
class DeepHDR(nn.Module):
    """Encoders, a merger and a decoder from exposures to light (Wu et al., 2018; Section 3).

    Each frame has an encoder of its own, which sees it as it is and as light. What they find is
    merged at an eighth of the size by residual blocks, and the decoder takes the encoders' maps
    again. Layers bear the names of the official variables. The default arguments are the official
    network of 16,606,339 parameters.

    Args:
        base_channels: Channels of the first convolutions.
        num_blocks: Residual blocks.
        batch_norm: Whether convolutions have batch norms, all but the first and the last.

    Raises:
        ConfigError: ``base_channels`` or ``num_blocks`` is below 1.
    """

    def __init__(
        self, base_channels: int = 64, num_blocks: int = 9, batch_norm: bool = True
    ) -> None:
        super().__init__()
        check_at_least(1, 'DeepHDR.', base_channels=base_channels, num_blocks=num_blocks)
        self.base_channels, self.num_blocks = base_channels, num_blocks
        width = base_channels

        def norm(channels: int) -> nn.Module:
            # TensorFlow's, with a decay of 0.9.
            return BiasedBatchNorm2d(channels) if batch_norm else nn.Identity()

        for index in range(1, FRAMES + 1):
            encoder = dict(
                g_e1_conv=_reflected(6, width, 5, stride=2),
                g_e2_conv=_reflected(width, 2 * width, 5, stride=2),
                g_e2_bn=norm(2 * width),
            )
            self.add_module(f'encoder{index}', nn.ModuleDict(encoder))

        deep = 4 * width
        self.merger = nn.ModuleDict()
        self.merger['g_e3_conv'] = _reflected(FRAMES * 2 * width, deep, 5, stride=2)
        self.merger['g_e3_bn'] = norm(deep)
        for block in range(1, num_blocks + 1):
            for part in (1, 2):
                self.merger[f'g_r{block}_c{part}'] = _reflected(deep, deep, 3)
                self.merger[f'g_r{block}_bn{part}'] = norm(deep)

        self.decoder = nn.ModuleDict()
        inputs = (2 * deep, (2 + FRAMES * 2) * width, (1 + FRAMES) * width)
        for index, (wide, narrow) in enumerate(zip(inputs, (2 * width, width, width)), start=1):
            self.decoder[f'g_d{index}'] = nn.ConvTranspose2d(wide, narrow, 5, stride=2)
            self.decoder[f'g_d{index}_bn'] = norm(narrow)
        self.decoder['g_d_out_conv'] = _reflected(width, 3, 5)
        self._initialize()

    def forward(self, ldr: Tensor, exposures: Tensor) -> Tensor:
        """Merges brackets.

        Args:
            ldr: Three frames from dark to bright, one after the other in channels (N, 9, H, W), in
                [-1, 1]. Sides are multiples of 8 and at least 16.
            exposures: 2^EV (N, 3).

        Returns:
            Linear light (N, 3, H, W) in [-1, 1].
        """
        first, second = [], []
        of_frames = 2 * light_of_frames((ldr + 1) / 2, exposures) - 1
        frames, lights = (x.split(3, dim=1) for x in (ldr, of_frames))
        for index, pair in enumerate(zip(frames, lights), start=1):
            encoder = cast(nn.ModuleDict, self.get_submodule(f'encoder{index}'))
            first.append(encoder['g_e1_conv'](torch.cat(pair, dim=1)))
            half = F.leaky_relu(first[-1], 0.2)
            second.append(encoder['g_e2_bn'](encoder['g_e2_conv'](half)))
        quarter = torch.cat(second, dim=1)
        merged = self.merger['g_e3_bn'](self.merger['g_e3_conv'](F.leaky_relu(quarter, 0.2)))
        features = merged
        for block in range(1, self.num_blocks + 1):
            features = self._residual(block, features)
        features = self._up(1, torch.cat([features, merged], dim=1))
        features = self._up(2, torch.cat([features, quarter], dim=1))
        features = self._up(3, torch.cat([features, *first], dim=1))
        light: Tensor = self.decoder['g_d_out_conv'](F.relu(features)).tanh()
        return light

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know; memory is as measured."""
        return NetworkTraits(
            size_multiple=8,
            # Each residual block reaches 2 pixels of an eighth of the size; 30 are of all else.
            receptive_field_radius=16 * self.num_blocks + 30,
            bytes_per_pixel=38 * self.base_channels,
            in_channels=3 * FRAMES,
            frames=FRAMES,
        )

    def _residual(self, block: int, features: Tensor) -> Tensor:
        # What is carried past the convolutions is rectified too.
        carried = found = F.relu(features)
        for part in (1, 2):
            found = self.merger[f'g_r{block}_c{part}'](found)
            found = self.merger[f'g_r{block}_bn{part}'](found)
            found = F.relu(found) if part == 1 else found
        return carried + found

    def _up(self, index: int, features: Tensor) -> Tensor:
        height, width = features.shape[-2:]
        larger = self.decoder[f'g_d{index}'](F.relu(features))
        # TensorFlow's SAME: of 2n + 3 rows, one is cut before and two after.
        larger = larger[..., 1 : 1 + 2 * height, 1 : 1 + 2 * width]
        normalized: Tensor = self.decoder[f'g_d{index}_bn'](larger)
        return normalized

    def _initialize(self) -> None:
        for child in self.modules():
            if isinstance(child, nn.Conv2d):
                nn.init.trunc_normal_(child.weight, std=0.02, a=-0.04, b=0.04)
            elif isinstance(child, nn.ConvTranspose2d):
                nn.init.normal_(child.weight, std=0.02)
            if isinstance(child, nn.Conv2d | nn.ConvTranspose2d) and child.bias is not None:
                nn.init.zeros_(child.bias)


def _reflected(inputs: int, outputs: int, kernel: int, stride: int = 1) -> SamePadConv2d:
    return SamePadConv2d(inputs, outputs, kernel, stride, padding_mode='reflect')
