"""A convolution of an upsampled map, with a quarter of the multiplications, for the CPU.

Bilinear upsampling U and a 3x3 convolution, padded with zeros, are both linear. With the weights
w_yx of the kernel, each a matrix (C', C), and S_yx, which shifts the large map by a tap,

    conv(U x) = sum_yx S_yx U (w_yx x).

The products w_yx x are those of small pixels with matrices, one convolution of kernel 1. There are
four large pixels for a small one, so they take a quarter of the multiplications of the convolution.
What is left, U, S and the sum, has fixed weights and is separable: it is done for the rows, then
for the columns, by small matrices (:func:`_weights`), in tiles that stay in the cache.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from mmenlighten.acceleration.bilinear import source_position

TAPS = 3
"""Weights of the kernel in each direction."""

ROWS_OF_TILE, COLUMNS_OF_TILE = 4, 8
"""Small pixels whose large ones are computed at once; the memory of a column stays in the cache."""

REACH = 1
"""Small pixels on each side of a tile that its large ones depend on."""

PRODUCTS_AT_ONCE, MOST_ROWS = 2**21, 128
"""Without gradients, so many products are in memory at once, of so many small rows at most."""


def conv_before_upsample(
    features: Tensor, weight: Tensor, bias: Tensor, align_corners: bool
) -> Tensor:
    """Upsamples (N, C, H, W) by two and convolves: (N, C', 2H, 2W). It can be differentiated once.

    Args:
        features: On the CPU, in float32 or float64.
        weight: (C', C, 3, 3).
        bias: (C').
        align_corners: As for :func:`torch.nn.functional.interpolate`.
    """
    products = F.conv2d(features, *_matrices(weight, bias))
    result: Tensor = _Combination.apply(products, align_corners)
    return result


def write_conv_before_upsample(
    features: Tensor,
    weight: Tensor,
    bias: Tensor,
    align_corners: bool,
    out: Tensor,
    first_row: int = 0,
) -> None:
    """Writes rows of the result of :func:`conv_before_upsample`, without gradients.

    Args:
        features: (N, C, H, W), all of them.
        weight: (C', C, 3, 3).
        bias: (C').
        align_corners: As there.
        out: (N, C', 2h, 2W), of h small rows.
        first_row: The first of these.
    """
    matrices, constants = _matrices(weight, bias)
    number, _, height, width = features.shape
    small_rows = out.shape[2] // 2
    rows_at_once = _even_step(small_rows, MOST_ROWS, ROWS_OF_TILE)
    # Products, nine of each channel, are the largest map: it is never there as a whole.
    of_column = number * (rows_at_once + 2 * REACH) * len(matrices)
    columns_at_once = _even_step(width, PRODUCTS_AT_ONCE // of_column, COLUMNS_OF_TILE)
    for top in range(0, small_rows, rows_at_once):
        rows = slice(first_row + top, first_row + min(top + rows_at_once, small_rows))
        for left in range(0, width, columns_at_once):
            columns = slice(left, min(left + columns_at_once, width))
            seen = _with_reach(rows, height), _with_reach(columns, width)
            # w_yx x for the nine taps: one matrix product (9 C', C) for each small pixel.
            products = F.conv2d(features[:, :, seen[0], seen[1]], matrices, constants)
            results = out[:, :, 2 * top :, 2 * left : 2 * columns.stop]
            results = results[:, :, : 2 * (rows.stop - rows.start)].permute(0, 2, 3, 1)
            for product, result in zip(_pixels(products), results):
                _combine(
                    product,
                    (seen[0].start, seen[1].start),
                    align_corners,
                    (rows, columns),
                    (height, width),
                    result,
                )


def _even_step(size: int, most: int, multiple: int) -> int:
    """A multiple, by which parts of a line are nearly alike, and not more than a given size."""
    parts = -(-size // max(most // multiple * multiple, multiple))
    return multiple * -(-size // (parts * multiple))


def _with_reach(span: slice, size: int) -> slice:
    """What small pixels along a line depend on."""
    return slice(max(span.start - REACH, 0), min(span.stop + REACH, size))


def _matrices(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (C', C, 3, 3) as those of a convolution of kernel 1: (3 3 C', C, 1, 1).

    The bias (3 3 C') is that of the tap in the middle, which never meets the padding: a number
    that is the same everywhere stays so when it is upsampled.
    """
    around = TAPS**2 // 2 * len(bias)  # zeros for the four taps before the middle, and behind it
    matrices = weight.permute(2, 3, 0, 1).reshape(-1, weight.shape[1], 1, 1)
    return matrices, F.pad(bias, [around, around])


class _Combination(torch.autograd.Function):
    """sum_yx S_yx U p_yx: (N, 3 3 C', H, W) as (N, C', 2H, 2W)."""

    @staticmethod
    def forward(ctx: Any, products: Tensor, align_corners: bool) -> Tensor:
        ctx.align_corners = align_corners
        number, channels, height, width = products.shape
        shape = number, channels // TAPS**2, 2 * height, 2 * width
        result = torch.empty(shape, dtype=products.dtype, memory_format=torch.channels_last)
        everything = slice(0, height), slice(0, width)
        for product, out in zip(_pixels(products), _pixels(result)):
            _combine(product, (0, 0), align_corners, everything, (height, width), out)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        number, channels, height, width = gradient.shape
        shape = number, TAPS**2 * channels, height // 2, width // 2
        # The sum of S U p is linear in p: its gradient is (S U)^T, with the same small matrices.
        spread = torch.empty(shape, dtype=gradient.dtype, memory_format=torch.channels_last)
        for pixels, out in zip(_pixels(gradient), _pixels(spread)):
            _spread(pixels, ctx.align_corners, out)
        return spread, None


def _combine(
    products: Tensor,
    first: tuple[int, int],
    align_corners: bool,
    part: tuple[slice, slice],
    size: tuple[int, int],
    out: Tensor,
) -> None:
    """Computes a part of (2H, 2W, C).

    Args:
        products: (h, w, 3 3 C), of all small pixels that are seen.
        first: Row and column of the first of them.
        align_corners: As there.
        part: Rows and columns, of small pixels.
        size: Height and width of the small image: H, W.
        out: (2 rows, 2 columns, C).
    """
    products = products.unflatten(-1, (TAPS, TAPS, -1))
    channels = products.shape[-1]
    rows, columns = part
    of_rows = rows.start, rows.stop, ROWS_OF_TILE
    by_row = _matrices_of_tiles(of_rows, size[0], align_corners, products.dtype)
    of_columns = columns.start, columns.stop, COLUMNS_OF_TILE
    by_column = _matrices_of_tiles(of_columns, size[1], align_corners, products.dtype)
    number, _, window = by_row.shape
    # Lines that are beyond the image. A small row has three: one for each vertical tap.
    above = TAPS * (first[0] - (rows.start - REACH))
    for left, of_tile in zip(range(*of_columns), by_column):
        right = min(left + COLUMNS_OF_TILE, columns.stop)
        seen = _with_reach(slice(left, right), size[1])
        # At the ends of the image the matrix has columns for pixels that do not exist.
        start = TAPS * (seen.start - (left - REACH))
        stop = start + TAPS * (seen.stop - seen.start)
        matrix = of_tile[: 2 * (right - left), start:stop].contiguous()
        # Columns first: U and the three horizontal taps in one matrix, for each row and each of the
        # three vertical taps. These are lines; around the image are lines of zeros.
        pixels = products[:, seen.start - first[1] : seen.stop - first[1]]
        pixels = pixels.transpose(1, 2).flatten(0, 1).flatten(1, 2)
        lines = products.new_zeros(
            TAPS * (number * ROWS_OF_TILE + 2 * REACH), len(matrix), channels
        )
        inner = lines[above : above + len(pixels)]
        torch.bmm(matrix.expand(len(pixels), -1, -1), pixels, out=inner)
        # Then rows: windows of lines, which overlap, by the same matrix as a batch.
        combined = torch.bmm(by_row, _windows(lines, number, TAPS, window))
        combined = combined.view(-1, len(matrix), channels)
        # The last tile of rows may go on beyond the part.
        out[:, 2 * (left - columns.start) : 2 * (right - columns.start)] = combined[: len(out)]


def _spread(gradient: Tensor, align_corners: bool, out: Tensor) -> None:
    """The transpose of :func:`_combine`: from (2H, 2W, C) to (H, W, 3 3 C)."""
    out = out.unflatten(-1, (TAPS, TAPS, -1))
    height, width, _, _, channels = out.shape
    by_row = _matrices_to_tiles(height, ROWS_OF_TILE, align_corners, gradient.dtype)
    by_column = _matrices_to_tiles(width, COLUMNS_OF_TILE, align_corners, gradient.dtype)
    number, _, window = by_row.shape
    for left, of_tile in zip(range(0, width, COLUMNS_OF_TILE), by_column):
        right = min(left + COLUMNS_OF_TILE, width)
        # The large pixels that the small ones of this tile contribute to.
        large = slice(max(0, 2 * (left - REACH)), min(2 * width, 2 * (right + REACH)))
        start = large.start - 2 * (left - REACH)
        size = TAPS * (right - left), large.stop - large.start
        matrix = of_tile[: size[0], start : start + size[1]].contiguous()
        # Around the image there is no gradient: two large rows above it, and below up to a tile.
        lines = gradient.new_zeros(2 * (number * ROWS_OF_TILE + 2 * REACH), len(matrix), channels)
        inner = lines[2 * REACH :][: 2 * height]
        torch.bmm(matrix.expand(2 * height, -1, -1), gradient[:, large], out=inner)
        spread = torch.bmm(by_row, _windows(lines, number, 2, window))
        spread = spread.view(-1, TAPS, right - left, TAPS, channels)
        out[:, left:right] = spread[:height].transpose(1, 2)


def _windows(lines: Tensor, number: int, scale: int, window: int) -> Tensor:
    """Lines that each tile of rows sees: (tiles, window, values of a line)."""
    line = lines.stride(0)  # overlapping windows as a view, without a copy
    step = scale * ROWS_OF_TILE
    return lines.as_strided((number, window, line), (step * line, line, 1))


@lru_cache(maxsize=256)
def _matrices_of_tiles(
    tiles: tuple[int, int, int], size: int, align_corners: bool, dtype: torch.dtype
) -> Tensor:
    """What tiles of a line see, to their large pixels: (tiles, 2 step, 3 (step + 2)).

    Of tiles are given the first small pixel, the end, and the step.
    """
    step = tiles[2]
    tile = torch.arange(*tiles)[:, None, None, None]
    large = 2 * tile + torch.arange(2 * step)[:, None, None]
    small = tile - REACH + torch.arange(step + 2 * REACH)[:, None]
    weights = _weights(large, small, size, align_corners)
    return weights.flatten(2).to(dtype)


@lru_cache(maxsize=64)
def _matrices_to_tiles(size: int, step: int, align_corners: bool, dtype: torch.dtype) -> Tensor:
    """What large pixels tell each tile of a line: (tiles, 3 step, 2 (step + 2))."""
    tile = torch.arange(0, size, step)[:, None, None, None]
    large = 2 * (tile - REACH) + torch.arange(2 * (step + 2 * REACH))[:, None, None]
    small = tile + torch.arange(step)[:, None]
    weights = _weights(large, small, size, align_corners)
    return weights.flatten(2).transpose(1, 2).contiguous().to(dtype)


def _weights(large: Tensor, small: Tensor, size: int, align_corners: bool) -> Tensor:
    """What products of a small pixel with each tap contribute to a large pixel.

    Args:
        large: Large positions (tiles, l, 1, 1); beyond the line is nothing to compute.
        small: Small positions (tiles, 1, s, 1); beyond the line is nothing to see.
        size: Small pixels of the line.
        align_corners: As there.

    Returns:
        (tiles, l, s, 3), in float64.
    """
    seen = large + torch.arange(TAPS) - TAPS // 2  # by each tap, of the upsampled line
    source = source_position(seen.double(), size, align_corners)
    # Linear interpolation: weight 1 at the small pixel itself, 0 from its neighbour on.
    weights = (1 - (source - small).abs()).clamp(min=0)
    # A tap beyond the upsampled line meets the padding of the convolution, which is 0.
    is_inside = (seen >= 0) & (seen < 2 * size) & (large >= 0) & (large < 2 * size)
    return weights * is_inside * ((small >= 0) & (small < size))


def _pixels(features: Tensor) -> Tensor:
    """(N, C, H, W) as (N, H, W, C), side by side in memory."""
    return features.permute(0, 2, 3, 1).contiguous()
