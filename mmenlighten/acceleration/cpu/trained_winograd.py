"""3x3 convolutions whose weights are trained by Winograd's algorithm, for the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .winograd import (
    EVERYWHERE,
    KERNEL_MATRIX,
    OF_RESULT,
    OF_TILE,
    SIDE,
    STEP,
    VALUES,
    count_tiles,
    cut_tiles,
    is_alike,
    rows_of_part,
)

LEAST_INPUTS, LEAST_OUTPUTS = 128, 64
"""Fewer channels are multiplied faster than tiles are cut (docs/training_speed.md)."""

LEAST_TILES = 64
"""For fewer, the transformed weights, four times as many, take longer than is saved."""

TAPS = 9
"""Weights of a kernel."""

AT_ONCE = 2**21
"""Values of tiles, which stay in the cache until they are results."""


def suits(features: Tensor, weight: Tensor, padding: int = 1) -> bool:
    """Whether this algorithm is for such features and weights, is faster, and has a gradient."""
    border = 1 - padding
    out_channels, channels = weight.shape[:2]
    is_wide = channels >= LEAST_INPUTS and out_channels >= LEAST_OUTPUTS
    is_trained = weight.requires_grad and torch.is_grad_enabled()
    return (
        is_wide
        and is_trained
        and is_alike(features, weight)
        and count_tiles(features[..., 2 * border :, 2 * border :]) >= LEAST_TILES
    )


def conv3x3_by_winograd(features: Tensor, weight: Tensor, bias: Tensor, padding: int = 1) -> Tensor:
    """A 3x3 convolution with 9/4 of a multiplication for each product.

    That is forward, back to the features, and back to the weights: all three are products of the
    same transformed tiles and kernels. The tiles are kept for the way back, 9/4 of the memory of
    the features. The round-off in float32 is about four times that of a convolution.

    Args:
        features: (N, C, H, W) on the CPU, float32 or float64.
        weight: (C', C, 3, 3).
        bias: (C').
        padding: 1 pads with zeros; 0 does not, for features that have a border already.

    Returns:
        (N, C', H, W), without padding (N, C', H - 2, W - 2); channels are side by side in memory.
        It can be differentiated once.
    """
    result: Tensor = _TrainedWinograd.apply(features, weight, bias, padding)
    return result


class _TrainedWinograd(torch.autograd.Function):
    """With d, g of Lavin and Gray: r = A^T [u * v] A, u = G g G^T, v = B^T d B, by channels."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, padding: int) -> Tensor:
        of_tile, of_kernel, of_result = _matrices(features.dtype)
        number, channels, height, width = features.shape
        height, width = (size + 2 * (padding - 1) for size in (height, width))
        out_channels = len(weight)
        rows, columns = -(-height // STEP), -(-width // STEP)
        # u = G g G^T of all pairs of channels: one product of G kron G (36, 9) and the nine taps.
        taps = weight.permute(2, 3, 1, 0).reshape(TAPS, -1)
        kernels = (of_kernel @ taps).view(VALUES, channels, out_channels)
        result = _empty_like(features, out_channels, STEP * rows, STEP * columns)
        results = _blocks(result)
        kept = []  # the transformed tiles v, which the gradient of the kernels is made of
        for part in _parts(rows, number * columns * max(channels, out_channels)):
            # The two axes of a tile come first: a transform is then a product of whole matrices.
            tiles = features.new_empty(SIDE, SIDE, _length(part), number, columns, channels)
            pads = bool(padding)
            cut_tiles(features, part, pads, tiles.permute(2, 3, 4, 0, 1, 5), pads)
            values = _transform(of_tile, tiles).view(VALUES, -1, channels)
            # For each of the 36 values, tiles by channels times channels by channels.
            products = torch.bmm(values, kernels)
            # All 16 results take this value with the factor 1, so it adds the bias to each.
            products[EVERYWHERE] += bias
            of_part = results[:, :, part]
            of_part.copy_(_transform(of_result, products).view(of_part.shape))
            kept.append(values)
        ctx.save_for_backward(kernels, *kept)
        ctx.size, ctx.padding = (height, width), padding
        if result.shape[2:] == (height, width):
            return result
        return result[..., :height, :width].clone(memory_format=torch.channels_last)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        of_tile, of_kernel, of_result = (each.t() for each in _matrices(gradient.dtype))
        kernels, *kept = ctx.saved_tensors
        height, width = ctx.size
        number = len(gradient)
        _, channels, out_channels = kernels.shape
        rows, columns = -(-height // STEP), -(-width // STEP)
        around = 0, STEP * columns - width, 0, STEP * rows - height
        to_results = _blocks(F.pad(gradient, around))
        # Tiles begin at the padding, and reach two pixels into the next ones.
        to_pixels = _empty_like(gradient, channels, STEP * (rows + 1), STEP * (columns + 1)).zero_()
        to_blocks = _blocks(to_pixels)
        to_kernels: Tensor | None = None
        parts = _parts(rows, number * columns * max(channels, out_channels))
        for part, values in zip(parts, kept):
            # m = u * v and r = A^T m A, so dm = A dr A^T, du = v^T dm, dv = dm u^T, each summed as
            # the product was; then dd = B dv B^T and, once for all parts, dg = G^T du G.
            of_part = to_results[:, :, part].reshape(STEP * STEP, -1, out_channels)
            to_products = _transform(of_result, of_part).view(VALUES, -1, out_channels)
            if to_kernels is None:
                to_kernels = torch.bmm(values.transpose(1, 2), to_products)
            else:
                to_kernels.baddbmm_(values.transpose(1, 2), to_products)
            to_values = torch.bmm(to_products, kernels.transpose(1, 2))
            to_tiles = _transform(of_tile, to_values)  # 6x6 gradients that overlap by two pixels
            _add_tiles(to_tiles.view(SIDE, SIDE, -1, number, columns, channels), part, to_blocks)
        assert to_kernels is not None
        first, border = ctx.padding, 2 - 2 * ctx.padding
        to_features = to_pixels[..., first:, first:][..., : height + border, : width + border]
        to_weight = (of_kernel @ to_kernels.flatten(1)).view(3, 3, channels, out_channels)
        return (
            to_features.contiguous(memory_format=torch.channels_last),
            to_weight.permute(3, 2, 0, 1),
            gradient.sum((0, 2, 3)),  # the bias is in each result once
            None,
        )


def _matrices(dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
    """B^T, G of whole kernels, and A^T."""
    return OF_TILE.to(dtype), KERNEL_MATRIX.to(dtype), OF_RESULT.to(dtype)


def _transform(matrix: Tensor, squares: Tensor) -> Tensor:
    """X d X^T of many squares d: (k k, ...) or (k, k, ...) as (m, m, values)."""
    out_side, side = matrix.shape
    # X d for all squares and columns at once; then X^T from the right, row by row of X d.
    by_row = torch.mm(matrix, squares.reshape(side, -1))
    return torch.bmm(matrix.expand(out_side, -1, -1), by_row.view(out_side, side, -1))


def _empty_like(features: Tensor, channels: int, height: int, width: int) -> Tensor:
    """(N, channels, height, width), channels side by side in memory."""
    shape = len(features), channels, height, width
    return torch.empty(shape, dtype=features.dtype, memory_format=torch.channels_last)


def _blocks(features: Tensor) -> Tensor:
    """A view of (N, C, 4 rows, 4 columns) as (4, 4, rows, N, columns, C)."""
    return features.unflatten(3, (-1, STEP)).unflatten(2, (-1, STEP)).permute(3, 5, 2, 0, 4, 1)


def _parts(rows: int, values_of_row: int) -> Iterator[slice]:
    """Rows of tiles that are computed at once."""
    step = rows_of_part(rows, AT_ONCE // (VALUES * values_of_row))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


def _length(part: slice) -> int:
    length: int = part.stop - part.start
    return length


def _add_tiles(tiles: Tensor, part: slice, blocks: Tensor) -> None:
    """Adds tiles (6, 6, rows, N, columns, C), which overlap, to blocks of 4x4 pixels.

    Args:
        tiles: Those of a part.
        part: Which rows these are.
        blocks: (4, 4, all rows + 1, N, columns + 1, C).
    """
    # The last two rows of a tile are the first two of the tile below, and likewise to the right. A
    # tile is added in four rectangles, each of which lies in one block of the grid.
    below, beyond = slice(part.start + 1, part.stop + 1), SIDE - STEP
    blocks[:, :, part, :, :-1] += tiles[:STEP, :STEP]
    blocks[:beyond, :, below, :, :-1] += tiles[STEP:, :STEP]
    blocks[:, :beyond, part, :, 1:] += tiles[:STEP, STEP:]
    blocks[:beyond, :beyond, below, :, 1:] += tiles[STEP:, STEP:]
