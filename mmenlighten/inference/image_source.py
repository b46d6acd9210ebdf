"""The network's view of a stored image, window by window."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding_geometry import Window, reflect_positions

from .halving import double_axis, halve
from .pixels import to_network_range
from .span import Span
from .tiling import TilePlan, plan_tiles


class ImageSource:
    """Gives tiles of the padded image without ever holding the whole of it.

    Args:
        image: The image (H, W, 3), of 8 or 16 bits or floating-point numbers; a memory map too.
        traits: How the image is halved and padded.
        dtype: The type of the tiles.
    """

    def __init__(
        self, image: np.ndarray, traits: NetworkTraits, dtype: type[np.floating] = np.float32
    ) -> None:
        self.image = image
        self.traits = traits
        self.dtype = dtype
        height, width = image.shape[:2]
        self.is_halved = traits.is_halved(height, width)
        self.height, self.width = traits.inner_size(height, width)

    def plan(self, tile: int | tuple[int, int] | None, overlap: int) -> TilePlan:
        """Tiles of the image at the size at which it is enhanced."""
        return plan_tiles(self.height, self.width, self.traits.size_multiple, overlap, tile)

    def read(self, plan: TilePlan, row: Span, column: Span) -> np.ndarray:
        """A tile (3, H, W) in [-1, 1]."""
        rows = reflect_positions(np.arange(row.start, row.stop) - plan.padding.top, self.height)
        columns = reflect_positions(
            np.arange(column.start, column.stop) - plan.padding.left, self.width
        )
        top, left, scale = rows.min(), columns.min(), 1 + self.is_halved
        window = self.image[
            scale * top : scale * (rows.max() + 1), scale * left : scale * (columns.max() + 1)
        ]
        values = to_network_range(window, self.dtype)
        if self.is_halved:
            values = halve(values)
        return values[rows - top][:, columns - left].transpose(2, 0, 1)

    def window_of(self, plan: TilePlan, row: Span, column: Span) -> Window:
        """Where a tile lies in the image as it is enhanced, before it is padded."""
        top, left = row.start - plan.padding.top, column.start - plan.padding.left
        return Window(top, left, self.height, self.width)

    def output_window(self, plan: TilePlan, span: tuple[int, int], axis: int) -> tuple[int, int]:
        """The stored pixels, along an axis, that an interval of the padded image stands for."""
        before = plan.padding.left if axis else plan.padding.top
        size = self.width if axis else self.height
        start, stop = (min(max(position - before, 0), size) for position in span)
        if not self.is_halved:
            return start, stop
        return 2 * start, self.image.shape[axis] if stop == size else 2 * stop

    def cut(
        self,
        plan: TilePlan,
        tile: np.ndarray,
        corner: tuple[int, int],
        windows: tuple[tuple[int, int], tuple[int, int]],
    ) -> np.ndarray:
        """Cuts windows of the stored image out of an enhanced tile; doubles what was halved.

        Args:
            plan: The plan that the tile is of.
            tile: The enhanced tile (3, H, W).
            corner: Where the tile begins in the padded image.
            windows: Rows and columns of the stored image, inside the tile.

        Returns:
            Values (H, W, 3) in [-1, 1], not clamped.
        """
        values = tile.transpose(1, 2, 0)
        offsets = corner[0] - plan.padding.top, corner[1] - plan.padding.left
        for axis, (window, offset) in enumerate(zip(windows, offsets)):
            if self.is_halved:
                size = self.width if axis else self.height
                values = double_axis(values, axis, offset, size, window, self.traits.align_corners)
            else:
                start, stop = window[0] - offset, window[1] - offset
                values = values[:, start:stop] if axis else values[start:stop]
        return values
