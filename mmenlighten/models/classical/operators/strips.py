"""Images in pieces, one after the other: of a size that stays in the processor's cache.

Memory that is new for each step costs more than the arithmetic in it, once it is so large that the
C library takes it from the system each time (32 MB); pieces of these sizes use the same again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from mmenlighten.utils.row_bands import split_rows

PIXELS_OF_STRIP = 2**18
"""A megabyte of float32: the ten arrays that a step works on fit into a usual L3 cache."""

PIECE = 1 << 19
"""Numbers in a piece."""


class Strip(NamedTuple):
    """Some rows of one image, or all rows of some images, of a batch (N, H, W)."""

    first_image: int
    last_image: int
    first: int
    """First row within the image."""
    last: int
    height: int
    """Rows of a whole image."""

    @property
    def first_row(self) -> int:
        """First row, counted over the batch."""
        return self.first_image * self.height + self.first

    @property
    def last_row(self) -> int:
        """Row after the last, counted over the batch."""
        return (self.last_image - 1) * self.height + self.last

    def grow(self, rows: int) -> Strip:
        """The strip with this many rows more above and below, as far as the image goes."""
        return self._replace(
            first=max(self.first - rows, 0), last=min(self.last + rows, self.height)
        )


def split_strips(count: int, height: int, width: int, device: torch.device) -> list[Strip]:
    """Cuts a batch into strips that begin at even rows; all is one strip but on the CPU."""
    if device.type != 'cpu':
        return [Strip(0, count, 0, height, height)]
    images = PIXELS_OF_STRIP // (height * width)
    if images >= 1:
        starts = range(0, count, images)
        return [Strip(n, min(n + images, count), 0, height, height) for n in starts]
    pieces = -(-height * width // PIXELS_OF_STRIP)
    rows = -(-height // pieces)
    return [
        Strip(n, n + 1, band.start, band.stop, height)
        for n in range(count)
        for band in split_rows(height, rows + rows % 2)
    ]


def pieces(device: torch.device, length: int, width: int = 1) -> list[slice]:
    """Slices of ``length`` lines of ``width`` numbers, at least one line each.

    All is one slice but on the CPU: a GPU has no need of them, and would wait for each.
    """
    return split_rows(length, PIECE // max(1, width) if device.type == 'cpu' else length)


def map_rows(function: Callable[..., Tensor], *images: Tensor, out: Tensor | None = None) -> Tensor:
    """``function(*images)`` for a function that works on each pixel alone, some rows at a time.

    Args:
        function: From images (N, C, H, W) to one of the same height and width. It may change
            its result in place, but not its arguments.
        images: Images of the same height and width.
        out: An image, which may be one of ``images``, whose memory takes the result if it fits
            and no gradient is needed.
    """
    first = images[0]
    if any(image.requires_grad for image in images):
        return function(*images)
    for rows in pieces(first.device, first.shape[2], first[:, :, 0].numel()):
        part = function(*(image[:, :, rows] for image in images))
        if rows.start == 0:
            shape = *part.shape[:2], *first.shape[2:]
            if out is None or out.shape != shape or out.dtype != part.dtype:
                out = part.new_empty(shape)
        assert out is not None
        out[:, :, rows] = part
    return function(*images) if out is None else out
