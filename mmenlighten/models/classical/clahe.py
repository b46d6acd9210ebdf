"""Contrast-limited adaptive histogram equalisation."""

from __future__ import annotations

from typing import Any, ClassVar

import cv2
import numpy as np
import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative
from mmenlighten.utils.errors import ConfigError

from .histogram_enhancer import LAST_LEVEL, Channel, HistogramEnhancer, count_detail

BINS = LAST_LEVEL + 1


@MODELS.register_module()
class CLAHE(HistogramEnhancer):
    """Equalises each place by the histograms of the four tiles around it.

    Contrast-limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994) as
    OpenCV's ``createCLAHE`` computes it. With ``clip_limit=0`` it is the adaptive equalisation of
    Pizer et al. (1987) in its interpolated form. In each tile of A pixels

    1. counts above ``max(int(clip_limit A / 256), 1)`` are cut;
    2. what was cut is spread evenly over the 256 bins, once; the rest that cannot be divided goes
       to every ``max(256 // rest, 1)``-th bin;
    3. level v becomes ``255 / A`` times the counts up to v.

    A pixel takes what the tables of the four nearest tiles give, bilinearly by its distance from
    their centres. Where a side is no multiple of its number of tiles, both sides are padded at
    their ends by mirroring, a side that is one by a whole ``tiles`` pixels, as OpenCV does.

    With ``keep_flat``, A and the counts are of the pixels with detail, a tile without any has the
    table that changes nothing, and flat areas stay as they are. Without a limit a constant area
    becomes white otherwise, as all of its tile is up to its level.

    Args:
        clip_limit: Limit of a bin, in multiples of the mean; 0 for none. OpenCV's default is 40,
            papers use 2 to 4.
        tiles: Numbers of tiles (columns, rows).
        channel: As for :class:`HistogramEnhancer`.
        keep_flat: As for :class:`HistogramEnhancer`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: The limit is negative, there is no tile, or the channel is unknown.
    """

    bytes_per_pixel: ClassVar[int] = 160

    def __init__(
        self,
        clip_limit: float = 2.0,
        tiles: tuple[int, int] = (8, 8),
        channel: Channel = 'lab',
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(channel, keep_flat, data_preprocessor)
        check_not_negative('CLAHE', clip_limit=clip_limit)
        if len(tiles) != 2 or min(tiles) < 1:
            raise ConfigError(f'tiles={tiles}: give two numbers of at least 1, such as (8, 8).')
        self.clip_limit = clip_limit
        self.columns, self.rows = tiles

    def equalize(self, levels: Tensor, is_rounded: bool, flatness: Tensor | None = None) -> Tensor:
        """Blends the tables of the four nearest tiles."""
        tiles, height, width = self._tiles(levels)
        counts = count_detail(tiles, None if flatness is None else self._tiles(flatness)[0])
        area = counts.sum(1, keepdim=True)
        scale = (LAST_LEVEL / area.clamp_min(1).double()).float()
        tables = self._limited(counts, area).cumsum(1).float() * scale
        tables = (tables.round() if is_rounded else tables).to(levels.dtype)
        tables = torch.where(area > 0, tables, torch.arange(BINS).to(tables))
        equalized = self._blend(tables.reshape(len(levels), -1), levels, height, width)
        if flatness is not None:
            equalized = torch.lerp(equalized, levels, flatness)
        return (equalized.round() if is_rounded else equalized).clamp(0, LAST_LEVEL)

    def _tiles(self, planes: Tensor) -> tuple[Tensor, int, int]:
        """Pixels of each tile, (M * rows * columns, n), and its height and width."""
        padded = _pad(planes, self.rows, self.columns)
        height, width = padded.shape[1] // self.rows, padded.shape[2] // self.columns
        tiles = padded.reshape(-1, self.rows, height, self.columns, width).transpose(2, 3)
        return tiles.reshape(-1, height * width), height, width

    def equalize_by_opencv(self, plane: np.ndarray) -> np.ndarray:
        """OpenCV's ``createCLAHE``."""
        return cv2.createCLAHE(self.clip_limit, (self.columns, self.rows)).apply(plane)

    def _limited(self, counts: Tensor, area: Tensor) -> Tensor:
        """Histograms (T, 256) of tiles of so many pixels (T, 1) after steps 1 and 2."""
        if self.clip_limit == 0:
            return counts
        limit = (self.clip_limit * area.double() / BINS).long().clamp_min(1)
        cut = (counts - limit).clamp_min(0).sum(1, keepdim=True)
        rest = cut % BINS
        step = BINS // rest.clamp_min(1)
        bins = torch.arange(BINS, device=counts.device)
        takes_one = (bins % step == 0) & (bins // step < rest)
        return counts.minimum(limit) + cut // BINS + takes_one

    def _blend(self, tables: Tensor, levels: Tensor, height: int, width: int) -> Tensor:
        """Blends the tables (M, rows * columns * 256) of the tiles around each pixel."""
        top, bottom, down = _neighbours(levels, 1, self.rows, height)
        left, right, across = _neighbours(levels, 2, self.columns, width)
        below = levels.floor()
        part = levels - below
        first = below.long()
        is_between = bool(part.any())

        def tile(row: Tensor, column: Tensor) -> Tensor:
            start = (row[:, None] * self.columns + column) * BINS
            entries = _gather(tables, first + start)
            if not is_between:
                return entries
            following = _gather(tables, (first + 1).clamp_max(LAST_LEVEL) + start)
            return torch.lerp(entries, following, part)

        # The order of operations is OpenCV's, so that float32 rounds alike.
        upper = tile(top, left) * (1 - across) + tile(top, right) * across
        lower = tile(bottom, left) * (1 - across) + tile(bottom, right) * across
        return upper * (1 - down)[:, None] + lower * down[:, None]


def _gather(tables: Tensor, index: Tensor) -> Tensor:
    return tables.gather(1, index.flatten(1)).reshape(index.shape)


def _neighbours(levels: Tensor, dim: int, tiles: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
    """For each pixel along a side the tiles before and after it, and the weight of the latter."""
    pixels = torch.arange(levels.shape[dim], device=levels.device, dtype=torch.float32)
    place = pixels * (1 / size) - 0.5
    before = place.floor()
    weight = (place - before).to(levels.dtype)
    first = before.long()
    return first.clamp_min(0), (first + 1).clamp_max(tiles - 1), weight


def _pad(levels: Tensor, rows: int, columns: int) -> Tensor:
    """Pads planes (M, H, W) as OpenCV does; it mirrors without repeating the outermost pixel."""
    height, width = levels.shape[1:]
    if height % rows == 0 and width % columns == 0:
        return levels
    for dim, size, tiles in ((1, height, rows), (2, width, columns)):
        period = max(2 * (size - 1), 1)
        index = torch.arange(size + tiles - size % tiles, device=levels.device) % period
        levels = levels.index_select(dim, torch.where(index < size, index, period - index))
    return levels
