"""A convolution of a doubled picture, with a quarter of the multiplications."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.resampling import double_size, doubling_matrix

TAPS = 3
"""Weights of the kernel in each direction."""

ROWS_OF_TILE, COLUMNS_OF_TILE = 4, 8
"""Small pixels whose large ones are computed at once; the memory of a column stays in the cache."""

REACH = 1
"""Small pixels on each side of a tile that its large ones depend on."""


class DoublingConvolution(nn.Conv2d):
    """Bilinear doubling, then a 3x3 convolution that is padded with zeros.

    Both are linear. With the weights w_yx of the kernel,

        conv(double(x)) = sum_yx shift_yx(double(w_yx x)),

    where w_yx x, a product of each small pixel with a matrix, takes a quarter of the
    multiplications of the convolution, as there are four large pixels for a small one. Doubling,
    shifting and adding up have fixed weights and are done for the rows, then for the columns. On a
    CPU in float32 or float64 it is computed so, and elsewhere as it is defined.

    Args:
        in_channels: Channels of the small picture.
        out_channels: Channels of the result.
        align_corners: See :func:`~mmenlighten.models.resampling.double_size`.
    """

    def __init__(self, in_channels: int, out_channels: int, align_corners: bool) -> None:
        super().__init__(in_channels, out_channels, kernel_size=TAPS, padding=1)
        self.align_corners = align_corners

    def forward(self, features: Tensor) -> Tensor:
        """Doubles and convolves (N, C, H, W): (N, C', 2H, 2W)."""
        if not multiplies_before_doubling(features):
            return super().forward(double_size(features, self.align_corners))
        assert self.bias is not None
        return convolve_doubled(features, self.weight, self.bias, self.align_corners)


def multiplies_before_doubling(features: Tensor) -> bool:
    """Whether :func:`convolve_doubled` is for such features."""
    return (
        features.device.type == 'cpu'
        and features.dtype in (torch.float32, torch.float64)
        and not torch.is_autocast_enabled('cpu')
        and not torch.compiler.is_compiling()
        and not torch.jit.is_tracing()
    )


def convolve_doubled(features: Tensor, weight: Tensor, bias: Tensor, align_corners: bool) -> Tensor:
    """The same as a function of weights (C', C, 3, 3) and bias (C'), on a CPU."""
    matrices = weight.permute(2, 3, 0, 1).reshape(-1, weight.shape[1], 1, 1)
    products = F.conv2d(features, matrices)
    result: Tensor = _Combination.apply(products, bias, align_corners)
    return result


class _Combination(torch.autograd.Function):
    """sum_yx shift_yx(double(p_yx)) + bias: (N, 3 3 C', H, W) as (N, C', 2H, 2W)."""

    @staticmethod
    def forward(ctx: Any, products: Tensor, bias: Tensor, align_corners: bool) -> Tensor:
        ctx.align_corners = align_corners
        number, channels, height, width = products.shape
        shape = number, channels // TAPS**2, 2 * height, 2 * width
        result = torch.empty(shape, dtype=products.dtype, memory_format=torch.channels_last)
        for product, out in zip(_pixels(products), _pixels(result)):
            _combine(product.unflatten(-1, (TAPS, TAPS, -1)), bias, align_corners, out)
        return result

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        number, channels, height, width = gradients[0].shape
        shape = number, TAPS**2 * channels, height // 2, width // 2
        spread = torch.empty(shape, dtype=gradients[0].dtype, memory_format=torch.channels_last)
        for gradient, out in zip(_pixels(gradients[0]), _pixels(spread)):
            _spread(gradient, ctx.align_corners, out.unflatten(-1, (TAPS, TAPS, -1)))
        return spread, gradients[0].sum((0, 2, 3)), None


def _combine(products: Tensor, bias: Tensor, align_corners: bool, out: Tensor) -> None:
    """From (H, W, 3, 3, C) to (2H, 2W, C)."""
    height, width, _, _, channels = products.shape
    by_row = _matrices_of_tiles(height, align_corners, products.dtype)
    by_column = _matrix(width, align_corners, products.dtype)
    number, rows, window = by_row.shape
    for left in range(0, width, COLUMNS_OF_TILE):
        right = min(left + COLUMNS_OF_TILE, width)
        first, last = max(left - REACH, 0), min(right + REACH, width)
        columns = slice(2 * left, 2 * right)
        matrix = by_column[columns, TAPS * first : TAPS * last].contiguous()
        # Each row and each tap of a row is a line; around them are zeros.
        seen = products[:, first:last].transpose(1, 2).reshape(height * TAPS, -1, channels)
        lines = products.new_zeros(
            TAPS * (number * ROWS_OF_TILE + 2 * REACH), len(matrix), channels
        )
        inner = lines[TAPS * REACH :][: len(seen)]
        torch.bmm(matrix.expand(len(seen), -1, -1), seen, out=inner)
        line = lines.stride(0)
        windows = lines.as_strided((number, window, line), (TAPS * ROWS_OF_TILE * line, line, 1))
        combined = torch.bmm(by_row, windows).view(number * rows, -1, channels)
        torch.add(combined[: 2 * height], bias, out=out[:, columns])


def _spread(gradient: Tensor, align_corners: bool, out: Tensor) -> None:
    """The transpose of :func:`_combine`: from (2H, 2W, C) to (H, W, 3, 3, C)."""
    height, width, _, _, channels = out.shape
    by_row = _matrix(height, align_corners, gradient.dtype)
    by_column = _matrix(width, align_corners, gradient.dtype)
    rows = gradient.reshape(2 * height, -1)
    lines = gradient.new_empty(height * TAPS, rows.shape[1])
    for top in range(0, height, ROWS_OF_TILE):
        small, large = _seen_from(top, min(top + ROWS_OF_TILE, height), 2 * height)
        torch.mm(by_row[large, small].t(), rows[large], out=lines[small])
    lines = lines.view(height * TAPS, 2 * width, channels)
    for left in range(0, width, COLUMNS_OF_TILE):
        right = min(left + COLUMNS_OF_TILE, width)
        small, large = _seen_from(left, right, 2 * width)
        matrix = by_column[large, small].t().contiguous()
        spread = torch.bmm(matrix.expand(len(lines), -1, -1), lines[:, large])
        spread = spread.view(height, TAPS, right - left, TAPS, channels)
        out[:, left:right] = spread.transpose(1, 2)


def _seen_from(start: int, stop: int, size: int) -> tuple[slice, slice]:
    """Small positions and taps, and the large positions that they contribute to."""
    large = slice(max(0, 2 * (start - REACH)), min(size, 2 * (stop + REACH)))
    return slice(TAPS * start, TAPS * stop), large


@lru_cache(maxsize=64)
def _matrix(size: int, align_corners: bool, dtype: torch.dtype) -> Tensor:
    """(2 size, 3 size): what each small position and tap contributes to each large position."""
    doubling = doubling_matrix(size, align_corners)
    doubling = F.pad(doubling, [0, 0, 1, 1])  # the convolution sees zeros around the picture
    taps = [doubling[tap : tap + 2 * size] for tap in range(TAPS)]
    return torch.stack(taps, dim=2).flatten(1).to(dtype)


@lru_cache(maxsize=64)
def _matrices_of_tiles(size: int, align_corners: bool, dtype: torch.dtype) -> Tensor:
    """The same for each tile of rows and what it sees: (tiles, 2 rows, 3 (rows + 2))."""
    step = ROWS_OF_TILE
    starts = range(0, size, step)
    missing = len(starts) * step - size
    around = [TAPS * REACH, TAPS * (REACH + missing), 0, 2 * missing]
    matrix = F.pad(_matrix(size, align_corners, dtype), around)
    window = TAPS * (step + 2 * REACH)
    return torch.stack([matrix[2 * top :, TAPS * top :][: 2 * step, :window] for top in starts])


def _pixels(features: Tensor) -> Tensor:
    """(N, C, H, W) as (N, H, W, C), side by side in memory."""
    return features.permute(0, 2, 3, 1).contiguous()
