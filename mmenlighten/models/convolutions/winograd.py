"""3x3 convolutions with fixed weights by Winograd's algorithm, for the CPU."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# F(4x4, 3x3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016):
# 4x4 results of a 3x3 kernel g on a tile d of 6x6 pixels are A^T [(G g G^T) * (B^T d B)] A.
OF_TILE = torch.tensor(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    dtype=torch.float64,
)
"""B^T"""
OF_KERNEL = (
    torch.tensor(
        [[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]],
        dtype=torch.float64,
    )
    / 24
)
"""G"""
OF_RESULT = torch.tensor(
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
    dtype=torch.float64,
)
"""A^T"""

# X d X^T of a square d is the product of this matrix and the values of d in a column.
TILE_MATRIX, KERNEL_MATRIX, RESULT_MATRIX = (
    torch.kron(matrix, matrix) for matrix in (OF_TILE, OF_KERNEL, OF_RESULT)
)

STEP = 4
"""Results of a tile in each direction."""
SIDE = 6
"""Pixels of a tile in each direction."""
VALUES = SIDE * SIDE

LEAST_CHANNELS = 128
"""Fewer are multiplied faster than tiles are cut (docs/training_speed.md)."""

LEAST_TILES = 8
"""For fewer, the transformed weights are read for longer than the plain ones."""

VALUES_AT_ONCE = 2**21
"""Of tiles: so many stay in the cache until they are results."""


class Room:
    """Memory that one part after the other is computed in.

    Args:
        size: Tiles, times the values of each, that a part has at most.
        dtype: Of the values.
    """

    def __init__(self, size: int, dtype: torch.dtype) -> None:
        self.size = size
        self.dtype = dtype
        self.blocks: dict[int, Tensor] = {}

    def __call__(self, number: int, *shape: int) -> Tensor:
        """The first part of a block, in a shape."""
        block = self.blocks.get(number)
        needed = math.prod(shape)
        if block is None or len(block) < needed:
            block = self.blocks[number] = torch.empty(self.size * shape[-1], dtype=self.dtype)
        return block[:needed].view(shape)


def is_wide(weight: Tensor) -> bool:
    """Whether weights (C', C, 3, 3) have so many channels that this algorithm is faster."""
    return min(weight.shape[:2]) >= LEAST_CHANNELS


def has_tiles(features: Tensor) -> bool:
    """Whether features (N, C, H, W) have so many tiles that it is faster."""
    number, _, height, width = features.shape
    return number * -(-height // STEP) * -(-width // STEP) >= LEAST_TILES


def transform_kernels(weight: Tensor) -> Tensor:
    """Kernels (C', C, 3, 3) as :func:`convolve_tiles` takes them: (36, C, C')."""
    out_channels, channels = weight.shape[:2]
    kernels = KERNEL_MATRIX.to(weight) @ weight.permute(2, 3, 1, 0).reshape(9, -1)
    return kernels.view(VALUES, channels, out_channels)


def transform_gradient_kernels(weight: Tensor) -> Tensor:
    """The same for the gradient to the features: a convolution with the mirrored kernels."""
    return transform_kernels(weight.transpose(0, 1).flip(2, 3))


def convolve_tiles(
    features: Tensor, kernels: Tensor, bias: Tensor | None = None, slope: float | None = None
) -> Tensor:
    """A 3x3 convolution, padded with zeros, with 9/4 of a multiplication for each result.

    The round-off in float32 is about four times that of a convolution.

    Args:
        features: (N, C, H, W) on the CPU, float32 or float64.
        kernels: Of :func:`transform_kernels`, of the same type.
        bias: (C').
        slope: Of the leaky ReLU that the result goes through, or None.

    Returns:
        (N, C', H, W), with channels side by side in memory; without gradient.
    """
    number, channels, height, width = features.shape
    out_channels = kernels.shape[2]
    rows, columns = -(-height // STEP), -(-width // STEP)
    border = [0, 0, 1, STEP * columns + 1 - width, 1, STEP * rows + 1 - height]
    padded = F.pad(features.permute(0, 2, 3, 1), border).contiguous()
    picture, line, pixel = padded.stride()[:3]
    tiles = padded.as_strided(
        (SIDE, SIDE, number, rows, columns, channels),
        (line, pixel, picture, STEP * line, STEP * pixel, 1),
    )
    shape = number, out_channels, STEP * rows, STEP * columns
    result = torch.empty(shape, dtype=features.dtype, memory_format=torch.channels_last)
    blocks = result.permute(0, 2, 3, 1).view(number, rows, STEP, columns, STEP, out_channels)
    of_tile = TILE_MATRIX.to(features.dtype)
    of_result = RESULT_MATRIX.to(features.dtype)
    tiles_of_row = number * columns
    most = max(1, VALUES_AT_ONCE // (VALUES * tiles_of_row * max(channels, out_channels)))
    room = Room(VALUES * tiles_of_row * min(most, rows), features.dtype)
    for top in range(0, rows, most):
        part = slice(top, min(rows, top + most))
        count = tiles_of_row * (part.stop - top)
        cut = room(0, VALUES, count, channels)
        cut.view(SIDE, SIDE, number, -1, columns, channels).copy_(tiles[:, :, :, part])
        values = room(1, VALUES, count, channels)
        torch.mm(of_tile, cut.view(VALUES, -1), out=values.view(VALUES, -1))
        products = torch.bmm(values, kernels, out=room(2, VALUES, count, out_channels))
        results = room(0, STEP * STEP, count, out_channels).view(STEP * STEP, -1)
        if bias is None:
            torch.mm(of_result, products.view(VALUES, -1), out=results)
        else:
            added = bias.expand(count, -1).reshape(-1)
            torch.addmm(added, of_result, products.view(VALUES, -1), out=results)
        if slope is not None:
            F.leaky_relu_(results, slope)
        results = results.view(STEP, STEP, number, -1, columns, out_channels)
        blocks[:, part] = results.permute(2, 3, 0, 4, 1, 5)
    if result.shape[2:] == features.shape[2:]:
        return result
    return result[..., :height, :width].contiguous(memory_format=torch.channels_last)
