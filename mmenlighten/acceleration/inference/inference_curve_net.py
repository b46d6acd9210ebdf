"""The curve net in the form that enhances fastest, in the least memory."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.cpu.conv_leaky_relu import has_fused_activation
from mmenlighten.models import BilateralCurveNet
from mmenlighten.models.generators.curve_grid import SLOPE, common, lifted
from mmenlighten.models.generators.refinement_unet import RefinementUNet, upsample
from mmenlighten.utils.padding_geometry import Window

SIDE = 512
"""Of blocks, in pixels: their maps stay in the cache."""

LIT_MARGIN, WAVELET_MARGIN = 2, 16
"""Pixels around a block that it depends on: one at half size, upsampled, and 7 more there."""

BLOCK_BYTES = 48 * 2**20
"""Measured: what the maps of a block take, at any size of the image."""

BYTES_PER_PIXEL = 112
"""Measured: the image, lit and enhanced, and maps of the U-Net at half size."""


TILE_PIXELS = 3 * 2**20
"""What is computed twice is then a tenth: larger tiles would take more memory for little."""


class Block(NamedTuple):
    """Rows and columns of an image."""

    rows: slice
    columns: slice

    def halved(self) -> Block:
        """The same at half size."""
        return Block(*(slice(part.start // 2, part.stop // 2) for part in self))

    def widened(self, margin: int, height: int, width: int) -> tuple[Block, Block]:
        """With pixels around it, as far as there are any; and where it lies in that."""
        outer, inner = [], []
        for part, size in zip(self, (height, width)):
            start, stop = max(part.start - margin, 0), min(part.stop + margin, size)
            outer.append(slice(start, stop))
            inner.append(slice(part.start - start, part.stop - start))
        return Block(*outer), Block(*inner)

    def of(self, maps: Tensor) -> Tensor:
        """Its part of maps (N, C, H, W)."""
        return maps[:, :, self.rows, self.columns]


class InferenceCurveNet(nn.Module):
    """Computes what a :class:`BilateralCurveNet` computes, with less memory and time.

    What is computed at full size, light and wavelets, is computed block by block. The U-Net sees
    the whole image, and its convolutions activate what they compute in the same pass. Differences
    are of round-off (1e-5).

    Args:
        network: The network, which this one uses, and which is not trained meanwhile.
    """

    def __init__(self, network: BilateralCurveNet) -> None:
        super().__init__()
        self.network = network
        self.refinement: RefinementUNet = network.refinement
        self.denoise = network.denoise
        self.traits = replace(
            network.traits,
            bytes_per_pixel_in_bands=BYTES_PER_PIXEL,
            band_bytes=BLOCK_BYTES,
            tile_pixels=TILE_PIXELS,
        )

    def forward(self, image: Tensor) -> Tensor:
        """See :meth:`BilateralCurveNet.forward`."""
        return cast(Tensor, self.network(image))

    def prepare(self, image: Tensor) -> Tensor:
        """See :meth:`BilateralCurveNet.prepare`."""
        return self.network.prepare(image)

    def lower_precision(self, dtype: torch.dtype) -> None:
        """Convolves in 16 bits: those of the U-Net alone, as light and detail need more."""
        # A copy: `self.network` still computes the grid, and light and wavelets, in float32.
        self.refinement = copy.deepcopy(self.network.refinement).to(dtype)

    def enhance_part(
        self,
        image: Tensor,
        grid: Tensor,
        window: Window,
        denoise: float | Tensor | None = None,
        colour: float | Tensor = 1.0,
    ) -> Tensor:
        """See :meth:`BilateralCurveNet.enhance_part`."""
        height, width = image.shape[-2:]
        lit, predicted = self._light(image, common(grid, colour), window)
        enhanced = torch.empty_like(lit)
        for block in _blocks(height, width):
            outer, inner = block.widened(WAVELET_MARGIN, height, width)
            refinement = self.network.split(outer.halved().of(predicted).contiguous())
            # Wavelets see 1 + 2 + 4 pixels to each side; those of chroma, at half size, 14.
            finished = self.network.finish(outer.of(lit).contiguous(), refinement, denoise, colour)
            block.of(enhanced).copy_(inner.of(finished))
        return enhanced

    def _light(self, image: Tensor, grid: Tensor, window: Window) -> tuple[Tensor, Tensor]:
        """The image after its curves, and what the U-Net predicts for it."""
        number, _, height, width = image.shape
        lit = torch.empty_like(image, memory_format=torch.contiguous_format)
        # The three parts of what the U-Net sees, in the layout of its convolutions.
        precision = self.refinement.head.weight.dtype
        seen = image.new_empty((number, height // 2, width // 2, 27), dtype=precision)
        seen = seen.permute(0, 3, 1, 2)
        before, after, exponents = seen.split((12, 12, 3), dim=1)
        for block in _blocks(height, width):
            outer, inner = block.widened(LIT_MARGIN, height, width)
            part = ((outer.of(image).contiguous() + 1) / 2).clamp_(0, 1)
            # The grid is looked up by where the block lies in the whole image.
            place = window._replace(
                top=window.top + outer.rows.start, left=window.left + outer.columns.start
            )
            logs = self.network.exponents(part, grid, place)
            bright = inner.of(self.network.light(part, logs))
            # What the U-Net would unshuffle, concatenate and cast, written in place block by block.
            half = block.halved()
            block.of(lit).copy_(bright)
            half.of(before).copy_(F.pixel_unshuffle(2 * lifted(inner.of(part)) - 1, 2))
            half.of(after).copy_(F.pixel_unshuffle(2 * bright - 1, 2))
            half.of(exponents).copy_(inner.halved().of(logs) / 2)
        return lit, self._refine(seen).to(image.dtype)

    def _refine(self, seen: Tensor) -> Tensor:
        """See :meth:`.RefinementUNet.forward`."""
        network = self.refinement
        level1 = _run(network.encoder1, seen)
        level2 = _run(network.encoder2, level1)
        level3 = _run(network.encoder3, level2)
        level2 = _run(network.decoder2, level2.add_(upsample(network.up2(level3))))
        level1 = _run(network.decoder1, level1.add_(upsample(network.up1(level2))))
        return cast(Tensor, network.head(level1))


def _blocks(height: int, width: int) -> Iterator[Block]:
    """Blocks of even sides, about equal ones, that cover an image."""
    rows, columns = (-(-size // (2 * -(-size // SIDE))) * 2 for size in (height, width))
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield Block(
                slice(top, min(top + rows, height)), slice(left, min(left + columns, width))
            )


def _run(layers: nn.Sequential, features: Tensor) -> Tensor:
    """Runs convolutions, each of which a leaky ReLU follows."""
    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d):
            features = _convolve(features, layer)
    return features


def _convolve(features: Tensor, layer: nn.Conv2d) -> Tensor:
    if not has_fused_activation(features):
        return F.leaky_relu_(layer(features), SLOPE)
    padding, stride = cast('list[int]', list(layer.padding)), list(layer.stride)
    result: Tensor = torch.ops.mkldnn._convolution_pointwise(
        features, layer.weight, layer.bias, padding, stride, [1, 1], 1, 'leaky_relu', [SLOPE], ''
    )
    return result
