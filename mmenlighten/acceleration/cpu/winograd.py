"""3x3 convolutions with fixed weights by Winograd's algorithm, for the CPU.

F(4x4, 3x3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2016,
https://arxiv.org/abs/1509.09308). A tile d of 6x6 pixels gives 4x4 results of a 3x3 kernel g:

    Y = A^T [(G g G^T) * (B^T d B)] A

with 36 multiplications (*) instead of 144, a quarter. Summed over channels before the outer
transform, which is linear, the products of each of the 36 values are one matrix product of tiles by
channels: 36 products of matrices do the work of the convolution. The transforms have the constant
matrices B, G, A; they cost a share that falls with the number of channels, which is why few
channels are convolved as usual.

Tiles take 9/4 of the memory of the features, as they overlap by two pixels. So rows of tiles are
computed in parts that stay in the cache.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.devices import CPU_DTYPES, is_eager_on_cpu

from .packed_products import PackedProducts

# Toom and Cook: a product of polynomials is known by its values at six points p, here 0, 1, -1, 2,
# -2 and infinity (the paper's F(4x4, 3x3)); others would have larger factors, and more round-off.
# Row i of B^T: the coefficients of prod (x - p_j) over the finite points but p_i; of all, the last.
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
# Row i of G: the kernel g_0 + g_1 x + g_2 x^2 at p_i, divided by prod (p_i - p_j); g_2 at infinity.
OF_KERNEL = (
    torch.tensor(
        [[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]],
        dtype=torch.float64,
    )
    / 24
)
"""G"""
# Column i of A^T: the powers 0 to 3 of p_i; at infinity the third alone.
OF_RESULT = torch.tensor(
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
    dtype=torch.float64,
)
"""A^T"""

# With d row by row in a column, X d X^T is (X kron X) d: one product for both directions.
TILE_MATRIX, KERNEL_MATRIX, RESULT_MATRIX = (
    torch.kron(matrix, matrix) for matrix in (OF_TILE, OF_KERNEL, OF_RESULT)
)

STEP = 4
"""Results of a tile in each direction."""
SIDE = 6
"""Pixels of a tile in each direction."""
VALUES = SIDE * SIDE

EVERYWHERE = SIDE + 1
"""The value of a tile that all results have with the factor 1: the second column of A^T."""

LEAST_CHANNELS, LEAST_ON_ONE_SIDE = 64, 128
"""On both sides and on one; fewer are multiplied faster than tiles are cut."""

LEAST_TILES = 8
"""For fewer, the transformed weights are read for longer than the plain ones."""

LEAST_AT_ONCE, MOST_AT_ONCE = 2**20, 2**21
"""Values of tiles. So few stay in the cache until they are results; of those that come with many
kernels, which are read anew each time, there are as many as of these."""


class TransformedKernels:
    """Kernels as :func:`convolve_tiles` takes them.

    Args:
        weight: (C', C, 3, 3); it must not change any more.
        for_gradient: Whether they are those of the gradient to the features, which is a
            convolution with the mirrored kernels, from C' to C channels.
    """

    def __init__(self, weight: Tensor, for_gradient: bool = False) -> None:
        self.weight = weight
        self.for_gradient = for_gradient
        self.out_channels = weight.shape[1 if for_gradient else 0]
        self.multiply = PackedProducts(self.transform, VALUES)

    def oriented(self) -> Tensor:
        """The kernels as those of a convolution: (C', C, 3, 3), or for gradients (C, C', 3, 3)."""
        return self.weight.transpose(0, 1).flip(2, 3) if self.for_gradient else self.weight

    def transform(self) -> Tensor:
        """G g G^T: (36, C', C)."""
        weight = self.oriented()
        out_channels, channels = weight.shape[:2]
        taps = weight.permute(2, 3, 0, 1).reshape(9, -1)
        return (KERNEL_MATRIX.to(taps) @ taps).view(VALUES, out_channels, channels)

    @property
    def nbytes(self) -> int:
        """Memory that they take."""
        return self.weight.nbytes * VALUES // self.weight[0, 0].numel()


def suits_weight(weight: Tensor) -> bool:
    """Whether this algorithm is for weights (C', C, 3, 3) and is faster for so many channels."""
    fewer, more = sorted(weight.shape[:2])
    is_wide = fewer >= LEAST_CHANNELS and more >= LEAST_ON_ONE_SIDE
    return is_wide and weight.device.type == 'cpu' and weight.dtype in CPU_DTYPES


def has_enough_tiles(features: Tensor) -> bool:
    """Whether it is faster for features (N, C, H, W) too, if it is for the weights."""
    return count_tiles(features) >= LEAST_TILES


def is_alike(features: Tensor, weight: Tensor) -> bool:
    """Whether both are of one type, which is computed with on a CPU."""
    return features.dtype == weight.dtype and is_eager_on_cpu(features)


def count_tiles(features: Tensor) -> int:
    """Tiles of features (N, C, H, W)."""
    number, _, height, width = features.shape
    return number * -(-height // STEP) * -(-width // STEP)


def rows_of_part(rows: int, most: int) -> int:
    """How many rows of tiles to compute at once, so that parts are nearly alike."""
    return -(-rows // -(-rows // max(1, most)))


def convolve_tiles(
    features: Tensor,
    kernels: TransformedKernels,
    bias: Tensor | None = None,
    slope: float | None = None,
    pads_rows: bool = True,
) -> Tensor:
    """A 3x3 convolution, padded with zeros, with 9/4 of a multiplication for each result.

    The round-off in float32 is about four times that of a convolution.

    Args:
        features: (N, C, H, W) on the CPU, float32 or float64.
        kernels: Of the same type.
        bias: (C').
        slope: Of the leaky ReLU that the result goes through, or None.
        pads_rows: Whether there are zeros above and below.

    Returns:
        (N, C', H, W), or without padded rows (N, C', H - 2, W); channels are side by side in
        memory, and there is no gradient.
    """
    number, channels, height, width = features.shape
    height -= 0 if pads_rows else 2
    out_channels = kernels.out_channels
    rows, columns = -(-height // STEP), -(-width // STEP)
    shape = number, out_channels, STEP * rows, STEP * columns
    result = torch.empty(shape, dtype=features.dtype, memory_format=torch.channels_last)
    # The result as 4x4 blocks; what is copied to this view arrives in the rows of the image.
    blocks = result.permute(0, 2, 3, 1).view(number, rows, STEP, columns, STEP, out_channels)
    blocks = blocks.permute(1, 0, 3, 2, 4, 5)

    # The bias is added in the transformed domain, at the one value that all 16 results take with
    # the factor 1, and so needs no pass over the results.
    if bias is not None:
        everywhere = bias.new_zeros(VALUES, out_channels)
        everywhere[EVERYWHERE] = bias
        bias = everywhere.flatten()
    at_once = min(max(VALUES * channels * out_channels, LEAST_AT_ONCE), MOST_AT_ONCE)
    # Whole rows of tiles at once, as many as stay in the cache, and parts of equal length.
    most = at_once // (VALUES * number * columns * max(channels, out_channels))
    part = rows_of_part(rows, most)
    count = part * number * columns
    of_tile, of_result = (
        matrix.to(features.dtype).expand(count, -1, -1) for matrix in (TILE_MATRIX, RESULT_MATRIX)
    )
    cut, values = features.new_empty(2, count, VALUES, channels)
    tiles = cut.view(part, number, columns, SIDE, SIDE, channels)
    results = features.new_empty(part, number, columns, STEP, STEP, out_channels)
    for top in range(0, rows, part):
        # All parts are alike, as the kernels are packed for one size: the last begins earlier, and
        # writes rows of the one before again, with the same values.
        top = min(top, rows - part)
        cut_tiles(features, slice(top, top + part), pads_rows, tiles)
        torch.bmm(of_tile, cut, out=values)  # B^T d B, as one matrix (36, 36) of a tile in a column
        products = kernels.multiply(values, bias)
        # A^T [...] A, likewise; written in the order of a tile, copied to its place below.
        torch.bmm(of_result, products, out=results.view(count, STEP * STEP, out_channels))
        if slope is not None:
            F.leaky_relu_(results, slope)
        blocks[top : top + part] = results
    if result.shape[2:] == (height, width):
        return result
    # What whole tiles have beyond the image is of no use.
    return result[..., :height, :width].contiguous(memory_format=torch.channels_last)


def cut_tiles(
    image: Tensor, lines: slice, pads_rows: bool, out: Tensor, pads_columns: bool = True
) -> None:
    """Writes the tiles of some rows of (N, C, H, W), as (rows, N, columns, 6, 6, C)."""
    pixels = image.permute(0, 2, 3, 1)
    _, height, width, _ = pixels.shape
    first = STEP * lines.start - pads_rows
    last = first + STEP * (lines.stop - lines.start) + 2
    # Tiles begin one pixel before the image, unless it has a border of its own; beyond its end are
    # zeros up to a whole tile.
    left = int(pads_columns)
    right = STEP * out.shape[2] + 2 - left - width
    around = [left, right, max(-first, 0), max(last - height, 0)]
    pixels = F.pad(pixels[:, max(first, 0) : min(last, height)], [0, 0, *around]).contiguous()
    # Tiles overlap: a view with the strides of the image cuts them without a copy, and the one
    # copy that there is brings them side by side.
    sample, line, pixel = pixels.stride()[:3]
    strides = STEP * line, sample, STEP * pixel, line, pixel, 1
    out.copy_(pixels.as_strided(out.shape, strides))
