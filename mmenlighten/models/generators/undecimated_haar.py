"""The undecimated Haar wavelet transform: bands of detail at full size, at each scale.

Without decimation the transform moves along with the image, so that shrinking its bands leaves no
blocks (Coifman and Donoho, "Translation-Invariant De-Noising", 1995).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Bands = tuple[Tensor, Tensor, Tensor]
"""Horizontal, vertical and diagonal detail of one scale."""


def analyse(image: Tensor, levels: int) -> tuple[Tensor, list[Bands]]:
    """Splits images (N, C, H, W) into what is coarse and the details of each scale.

    Args:
        image: The images.
        levels: Number of scales; neighbours of scale k are 2^k pixels apart.

    Returns:
        The coarse rest, and three bands for each scale, from fine to coarse; all of the same shape
        as the images.
    """
    bands: list[Bands] = []
    for level in range(levels):
        low, high = _split(image, 2**level, dim=-1)
        image, vertical = _split(low, 2**level, dim=-2)
        horizontal, diagonal = _split(high, 2**level, dim=-2)
        bands.append((horizontal, vertical, diagonal))
    return image, bands


def synthesise(coarse: Tensor, bands: Sequence[Bands]) -> Tensor:
    """The inverse of :func:`analyse`; where bands were changed, the mean of all shifts."""
    for level, (horizontal, vertical, diagonal) in reversed(list(enumerate(bands))):
        low = _merge(coarse, vertical, 2**level, dim=-2)
        high = _merge(horizontal, diagonal, 2**level, dim=-2)
        coarse = _merge(low, high, 2**level, dim=-1)
    return coarse


def _split(image: Tensor, step: int, dim: int) -> tuple[Tensor, Tensor]:
    """Means and half differences of neighbours; beyond the edge its value goes on."""
    size = image.shape[dim]
    last = image.narrow(dim, size - 1, 1)
    rest = image.narrow(dim, min(step, size), max(size - step, 0))
    neighbour = torch.cat([rest, last.expand_as(image.narrow(dim, 0, min(step, size)))], dim)
    return (image + neighbour) / 2, (image - neighbour) / 2


def _merge(low: Tensor, high: Tensor, step: int, dim: int) -> Tensor:
    """Each value comes back twice, from its pair to the right and from that to the left."""
    size = low.shape[dim]
    here, there = low + high, low - high
    if size <= step:
        return here
    inner = (here.narrow(dim, step, size - step) + there.narrow(dim, 0, size - step)) / 2
    return torch.cat([here.narrow(dim, 0, step), inner], dim)
