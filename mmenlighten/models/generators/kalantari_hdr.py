"""The network of Kalantari and Ramamoorthi, which merges three aligned exposures into radiance."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_glorot
from mmenlighten.models.layers import light_of_frames
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding_geometry import reflect_positions

FRAMES = 3
MARGIN = 6
"""Pixels that the convolutions, which do not pad, take from each side: 3 + 2 + 1."""

EPSILON = 1e-6

OUTPUTS = dict(direct=3, we=9, wie=18)
"""Channels of the last layer."""


@MODELS.register_module()
class KalantariHDR(nn.Module):
    """Four convolutions on three aligned frames (Kalantari and Ramamoorthi, 2017; Section 3.2).

    They see each frame as it is and as radiance, 18 channels, and none of them pads. What they
    say is, in [0, 1] behind a sigmoid:

    * ``'direct'``: the merged radiance itself, 383,603 parameters;
    * ``'we'`` (weight estimator): a weight for each value of each frame; the merged radiance is
      the weighted mean of the frames' radiances, 383,909 parameters;
    * ``'wie'`` (weight and image estimator): the weights, then refined radiances in place of the
      frames' own, 384,368 parameters.

    Args:
        kind: Which of these.
        channels: Of the three convolutions before the last.

    Raises:
        ConfigError: ``kind`` is unknown.
    """

    def __init__(
        self,
        kind: Literal['direct', 'we', 'wie'] = 'wie',
        channels: tuple[int, int, int] = (100, 100, 50),
    ) -> None:
        super().__init__()
        check_choice('KalantariHDR.kind', kind, OUTPUTS)
        self.kind = kind
        self.channels = tuple(channels)
        first, second, third = channels
        self.conv1 = nn.Conv2d(2 * 3 * FRAMES, first, 7)
        self.conv2 = nn.Conv2d(first, second, 5)
        self.conv3 = nn.Conv2d(second, third, 3)
        self.conv4 = nn.Conv2d(third, OUTPUTS[kind], 1)
        initialize_glorot(self)

    def forward(
        self,
        ldr: Tensor,
        exposures: Tensor,
        part: Literal['merged', 'inner', 'frames'] = 'merged',
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Merges frames.

        Args:
            ldr: Three frames (N, 9, H, W) from dark to bright, one after the other, in [-1, 1].
            exposures: What their light was multiplied by (N, 3).
            part: In training, what is wanted instead: ``'inner'`` for what there is without
                padding, (N, 3, H - 12, W - 12); ``'frames'`` for that, and the radiances of the
                frames that it was merged of (N, 9, H - 12, W - 12).

        Returns:
            Radiance (N, 3, H, W) in [-1, 1], 1 being the white of a frame of exposure 1. Frames
            are reflected at their ends; the authors cut the margin off.
        """
        if part == 'merged':
            ldr = _reflected(ldr)
        merged, frames = self._merge((ldr + 1) / 2, exposures)
        merged = merged * 2 - 1
        return (merged, frames * 2 - 1) if part == 'frames' else merged

    def _merge(self, ldr: Tensor, exposures: Tensor) -> tuple[Tensor, Tensor]:
        """Of frames in [0, 1], the merged radiance and that of the frames, without the margin."""
        radiance = light_of_frames(ldr, exposures)
        features = torch.cat([ldr, radiance], dim=1)
        for layer in (self.conv1, self.conv2, self.conv3):
            features = layer(features).relu_()
        output = torch.sigmoid(self.conv4(features))
        frames = radiance[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
        if self.kind == 'direct':
            return output, frames
        if self.kind == 'wie':
            output, frames = output.chunk(2, dim=1)  # official ports disagree about the order
        weights = output.unflatten(1, (FRAMES, 3))
        total = (weights * frames.unflatten(1, (FRAMES, 3))).sum(dim=1)
        return total / (weights.sum(dim=1) + EPSILON), frames

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: tiles are exact with the margin around them."""
        first, second, _ = self.channels
        return NetworkTraits(
            size_multiple=1,
            in_channels=3 * FRAMES,
            frames=FRAMES,
            takes_aligned=True,
            receptive_field_radius=MARGIN,
            bytes_per_pixel=2 * (first + second) * 4,
        )


def _reflected(ldr: Tensor) -> Tensor:
    """Adds the margin, to frames of any size."""
    for axis in (2, 3):
        # By positions, of which a trace for ONNX is right at sizes below the margin too.
        size = ldr.shape[axis]
        positions = torch.arange(size + 2 * MARGIN, device=ldr.device) - MARGIN
        ldr = ldr.index_select(axis, reflect_positions(positions, size))
    return ldr
