"""Affine colour maps of a bilateral grid, looked up for each pixel and applied to it."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.padding_geometry import Window

MODES = ('exact', 'grid_sample')

SMOOTHING = 1e-8
"""Added under the root that makes the hats of depth smooth at their tips."""


@MODELS.register_module()
class BilateralSliceApply(nn.Module):
    """Slices a bilateral grid by place and guide, and applies the affine maps that it finds.

    The cell centres of a grid over an image of H rows lie at ``(i + 0.5) * H / rows``, likewise for
    columns; those of depth at guides of ``(k + 0.5) / depth``. Between them maps are interpolated
    linearly, beyond the outermost they stay. In depth the weight of a cell at distance d is
    ``max(1 - sqrt(d^2 + 1e-8), 0)``, so that guides learn from it at d = 0 too.

    Args:
        mode: How it is computed; results are equal but for round-off.

            * ``'exact'``: the grid is enlarged along rows and columns to the size of the image,
              depth and all. It takes ``4 * cells`` bytes for each pixel and number of a map.
            * ``'grid_sample'``: the grid is enlarged along rows alone, and of each row pixels look
              up their place and depth, by ``F.grid_sample``. Much faster, in little memory, and
              what ONNX has.

    Raises:
        ConfigError: ``mode`` is unknown.
    """

    def __init__(self, mode: Literal['exact', 'grid_sample'] = 'exact') -> None:
        super().__init__()
        check_choice('BilateralSliceApply.mode', mode, MODES)
        self.mode = mode

    def forward(
        self, grid: Tensor, guide: Tensor, image: Tensor, window: Window | None = None
    ) -> Tensor:
        """Looks up and applies.

        Args:
            grid: (N, out, in + 1, depth, rows, columns); the last of ``in + 1`` is a summand.
            guide: (N, 1, H, W), in [0, 1].
            image: (N, in, H, W).
            window: Where the image lies in the picture that the grid is of, if not all over it.

        Returns:
            (N, out, H, W).
        """
        if window is None:
            window = Window(0, 0, *image.shape[-2:])
        slice_apply = _by_sampling if self.mode == 'grid_sample' else _densely
        return slice_apply(grid, guide, image, window)

    def extra_repr(self) -> str:
        """Says how it is computed."""
        return f'mode={self.mode}'


def hats(centres: Tensor, length: float | Tensor, cells: int) -> Tensor:
    """Weights (..., n, cells) of the two cells between whose centres a place lies.

    Args:
        centres: The places (..., n), in pixels.
        length: Pixels that the cells divide among them.
        cells: Their number.
    """
    position = _positions(centres, length, cells)
    index = torch.arange(cells, dtype=position.dtype, device=position.device)
    return (1 - (position[..., None] - index).abs()).clamp(min=0)


def _positions(centres: Tensor, length: float | Tensor, cells: int) -> Tensor:
    """Places counted in cells from the centre of the first, which none comes before."""
    return (centres * (cells / length) - 0.5).clamp(0, cells - 1)


def _centres(start: float | Tensor, size: int, like: Tensor) -> Tensor:
    """Centres (size,), or (N, 1, size), of pixels from one on."""
    return start + (torch.arange(size, dtype=like.dtype, device=like.device) + 0.5)


def _depth_weight(distance: Tensor) -> Tensor:
    """A hat over cells of depth."""
    return (1 - (distance**2 + SMOOTHING).sqrt()).clamp(min=0)


def _densely(grid: Tensor, guide: Tensor, image: Tensor, window: Window) -> Tensor:
    (_, outputs, inputs, depth, rows, columns) = grid.shape
    height, width = image.shape[-2:]
    vertical = hats(_centres(window.top, height, grid), window.height, rows)
    horizontal = hats(_centres(window.left, width, grid), window.width, columns)
    volume = vertical @ grid.flatten(1, 3) @ horizontal.transpose(-2, -1)
    volume = volume.unflatten(1, (outputs * inputs, depth))

    level = guide * depth
    below = (level - 0.5).floor()
    maps = torch.zeros_like(volume[:, :, 0])
    for cell in (below, below + 1):
        weight = _depth_weight(cell + 0.5 - level)
        index = cell.clamp(0, depth - 1).long()[:, :, None]
        found = volume.gather(2, index.expand(-1, outputs * inputs, -1, -1, -1))[:, :, 0]
        maps = maps + weight * found
    return apply_maps(maps.unflatten(1, (outputs, inputs)), image)


def _by_sampling(grid: Tensor, guide: Tensor, image: Tensor, window: Window) -> Tensor:
    (_, outputs, inputs, depth, rows, columns) = grid.shape
    height, width = image.shape[-2:]
    # Of each row a picture of columns and depths, with a channel for each number of a map.
    vertical = hats(_centres(window.top, height, grid), window.height, rows)
    of_rows = vertical.reshape(-1, height, rows) @ grid.permute(0, 4, 1, 2, 3, 5).flatten(2)
    of_rows = of_rows.reshape(-1, outputs * inputs, depth, columns)

    # The two weights of depth do not add up to 1: they are their sum times two that do.
    position = guide * depth - 0.5
    below = position.floor()
    share = position - below
    lower, upper = (_depth_weight(distance) for distance in (share, 1 - share))
    total = lower + upper
    position = (below + upper / total).clamp(0, depth - 1)

    across = _positions(_centres(window.left, width, grid), window.width, columns)
    across = across.reshape(-1, 1, 1, width).expand_as(position)
    # From -1 to 1 from edge to edge of the whole.
    places = torch.stack([(2 * across + 1) / columns - 1, (2 * position + 1) / depth - 1], dim=-1)
    places = places.reshape(-1, 1, width, 2)
    maps = F.grid_sample(of_rows, places, padding_mode='border', align_corners=False)
    maps = maps.reshape(-1, height, outputs, inputs, width).permute(0, 2, 3, 1, 4)
    return total * apply_maps(maps, image)


def apply_maps(maps: Tensor, image: Tensor) -> Tensor:
    """Applies affine maps (N, out, in + 1, H, W) to images (N, in, H, W)."""
    return (maps[:, :, :-1] * image[:, None]).sum(2) + maps[:, :, -1]
