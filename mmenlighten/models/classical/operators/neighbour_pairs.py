"""Pairs of levels of each pixel and its neighbours in a square: counted, and as weights.

Each shift within the square is one pass over all pixels. Rows are kept with their padding, end to
end, so that the neighbours at a shift are one contiguous piece of memory; what falls into the
padding has a level of its own, which counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

CPU_PIECE = 1 << 16
"""Pixels at a time that stay in the cache of a processor."""

PIECES_TO_COUNT = 4
"""Pieces at a time for counts, whose table is as large as a piece."""

GPU_PIECE = 1 << 23
"""Pixels at a time that keep a GPU busy."""


def count_pairs(levels: Tensor, radius: int, bins: int) -> Tensor:
    """How often a pixel of level k has a neighbour of level l; it is a neighbour of itself.

    Args:
        levels: (H, W), int32 in 0..bins - 1; mirrored at the border, the outermost pixel repeated.
        radius: The square has sides of 2 radius + 1.
        bins: Number of levels.

    Returns:
        (bins, bins), int64: k in rows, l in columns.
    """
    counts = torch.zeros((bins + 1) * bins, dtype=torch.int64, device=levels.device)
    for _, first, neighbours in _pieces(levels, radius, bins, PIECES_TO_COUNT):
        codes = torch.empty_like(first)
        for neighbour in neighbours:
            torch.add(first, neighbour, out=codes)
            counts += torch.bincount(codes, minlength=len(counts))
    return counts.reshape(bins + 1, bins)[:bins]


def weighted_neighbours(levels: Tensor, weights: Tensor, radius: int) -> Tensor:
    """The mean level of the neighbours y of x, with the weights ``weights[level x, level y]``.

    Args:
        levels: See :func:`count_pairs`.
        weights: (bins, bins), float32, not negative; each level that occurs has a positive one
            for itself.
        radius: See :func:`count_pairs`.

    Returns:
        (H, W), float32.
    """
    bins = len(weights)
    level = torch.arange(bins, device=weights.device)
    # Weight and weighted level side by side, so that one look into memory finds both.
    table = torch.complex(weights, weights * level)
    table = torch.cat([table, table.new_zeros(1, bins)]).flatten()
    height, width = levels.shape
    row = width + 2 * radius
    means = weights.new_zeros(height * row)
    for start, first, neighbours in _pieces(levels, radius, bins):
        codes, found = torch.empty_like(first), table.new_empty(len(first))
        sums = table.new_zeros(len(first))
        for neighbour in neighbours:
            torch.add(first, neighbour, out=codes)
            torch.index_select(table, 0, codes, out=found)
            sums += found
        torch.div(sums.imag, sums.real, out=means[start : start + len(first)])
    return means.reshape(height, row)[:, :width].contiguous()


def _pieces(
    levels: Tensor, radius: int, bins: int, pieces: int = 1
) -> Iterator[tuple[int, Tensor, Iterator[Tensor]]]:
    """Start, ``bins`` times the levels of the pixels, and their neighbours at each shift."""
    height, width = levels.shape
    row = width + 2 * radius
    for dim, size in enumerate(levels.shape):
        index = torch.arange(-radius, size + radius, device=levels.device) % (2 * size)
        levels = levels.index_select(dim, torch.where(index < size, index, 2 * size - 1 - index))
    flat = levels.flatten()
    centres = torch.full((height, row), bins * bins, dtype=levels.dtype, device=levels.device)
    inside = slice(radius, radius + height), slice(radius, radius + width)
    centres[:, :width] = levels[inside] * bins
    centres = centres.flatten()[: height * row - 2 * radius]
    most = CPU_PIECE * pieces if levels.device.type == 'cpu' else GPU_PIECE
    shifts = [y * row + x for y in range(2 * radius + 1) for x in range(2 * radius + 1)]
    for start in range(0, len(centres), most):
        first = centres[start : start + most]
        yield start, first, (flat[start + s : start + s + len(first)] for s in shifts)
