"""HDRNet in the form that enhances fastest, in the least memory."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from mmenlighten.models import HDRNet
from mmenlighten.utils.padding_geometry import Window

BLOCK_PIXELS = 2**16
"""Pixels that are sliced at once: what is computed for them stays in the cache."""

BLOCK_BYTES = BLOCK_PIXELS * 640
"""Measured: the knots of curves, places in the grid, and maps."""


class InferenceHDRNet(nn.Module):
    """Computes what an :class:`HDRNet` computes, in blocks of rows.

    Args:
        network: The network, which this one uses; without a pyramid.
    """

    def __init__(self, network: HDRNet) -> None:
        super().__init__()
        self.network = network
        self.denoise = network.denoise
        self.traits = replace(
            network.traits,
            bytes_per_pixel=56,  # measured: the image and the result, as arrays too
            fixed_bytes=BLOCK_BYTES,
            tile_pixels=2**20,
        )

    def forward(self, image: Tensor) -> Tensor:
        """See :meth:`.HDRNet.forward`."""
        return self.enhance_part(image, self.prepare(image), Window(0, 0, *image.shape[-2:]))

    def prepare(self, image: Tensor) -> Tensor:
        """See :meth:`.HDRNet.prepare`."""
        return self.network.prepare(image)

    def enhance_part(
        self,
        image: Tensor,
        grid: Tensor,
        window: Window,
        denoise: float | Tensor | None = None,
        colour: float | Tensor = 1.0,
    ) -> Tensor:
        """See :meth:`.HDRNet.enhance_part`."""
        result = torch.empty_like(image)
        step = max(1, BLOCK_PIXELS // (image.shape[0] * image.shape[3]))
        for top in range(0, image.shape[2], step):
            rows = image[:, :, top : top + step].contiguous()
            place = window._replace(top=window.top + top)
            result[:, :, top : top + step] = self.network.enhance_part(rows, grid, place)
        return result

    def lower_precision(self, dtype: torch.dtype) -> None:
        """See :meth:`.HDRNet.lower_precision`."""
        self.network.lower_precision(dtype)
