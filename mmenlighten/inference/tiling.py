"""Divides an image into tiles that overlap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mmenlighten.utils.padding_geometry import Padding, padding_to_multiple

from .span import Span, plan_spans


@dataclass(frozen=True)
class TilePlan:
    """Tiles of an image, on the grid of the network's multiple over the padded image.

    Args:
        height: Height of the image before padding.
        width: Width of the image before padding.
        padding: What is added by reflection, once, around the image as a whole.
        overlap: Pixels around each core, except at the padded image's border.
        rows: The tiles along the vertical axis.
        columns: The tiles along the horizontal axis.
    """

    height: int
    width: int
    padding: Padding
    overlap: int
    rows: tuple[Span, ...]
    columns: tuple[Span, ...]

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    def __iter__(self) -> Iterator[tuple[Span, Span]]:
        """The tiles, row by row."""
        return ((row, column) for row in self.rows for column in self.columns)

    @property
    def tile_shape(self) -> tuple[int, int]:
        """Height and width of every tile."""
        row, column = self.rows[0], self.columns[0]
        return row.stop - row.start, column.stop - column.start

    @property
    def padded_shape(self) -> tuple[int, int]:
        """Height and width with the padding."""
        return self.rows[-1].stop, self.columns[-1].stop

    @property
    def computed_pixels(self) -> int:
        """Pixels that the network is given, all in all."""
        height, width = self.tile_shape
        return len(self) * height * width

    @property
    def recomputed_share(self) -> float:
        """Pixels that the network is given more than once, relative to the padded image."""
        height, width = self.padded_shape
        return self.computed_pixels / (height * width) - 1


def plan_tiles(
    height: int, width: int, multiple: int, overlap: int, tile: int | tuple[int, int] | None = None
) -> TilePlan:
    """Plans equal tiles, as few and as small as their greatest size allows.

    Args:
        height: Height of the image.
        width: Width of the image.
        multiple: Sides of a tile are multiples of this.
        overlap: Pixels needed around a core; rounded up to the multiple.
        tile: Greatest side of a tile, or greatest height and width; None for the whole image.

    Raises:
        ValueError: The image has no pixels, or tiles of that size would have no core.
    """
    if min(height, width) < 1:
        raise ValueError(f'A picture of {height} x {width} pixels cannot be divided.')
    padding = padding_to_multiple(height, width, multiple)
    padded = height + padding.top + padding.bottom, width + padding.left + padding.right
    overlap += -overlap % multiple
    sides = padded if tile is None else (tile, tile) if isinstance(tile, int) else tile
    rows, columns = (plan_spans(size, multiple, overlap, side) for size, side in zip(padded, sides))
    return TilePlan(height, width, padding, overlap, rows, columns)
