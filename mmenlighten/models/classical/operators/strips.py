"""Pieces of a batch that are small enough for the processor's cache."""

from __future__ import annotations

from typing import NamedTuple

import torch

PIXELS_OF_STRIP = 2**18
"""A megabyte of float32: the ten arrays that a step works on fit into a usual L3 cache."""


class Strip(NamedTuple):
    """Some rows of one picture, or all rows of some pictures, of a batch (N, H, W)."""

    first_picture: int
    last_picture: int
    first: int
    """First row within the picture."""
    last: int
    height: int
    """Rows of a whole picture."""

    @property
    def first_row(self) -> int:
        """First row, counted over the batch."""
        return self.first_picture * self.height + self.first

    @property
    def last_row(self) -> int:
        """Row after the last, counted over the batch."""
        return (self.last_picture - 1) * self.height + self.last

    def grow(self, rows: int) -> Strip:
        """The strip with this many rows more above and below, as far as the picture goes."""
        return self._replace(
            first=max(self.first - rows, 0), last=min(self.last + rows, self.height)
        )


def strips_of(count: int, height: int, width: int, device: torch.device) -> list[Strip]:
    """Cuts a batch into strips that begin at even rows; all is one strip but on the CPU."""
    if device.type != 'cpu':
        return [Strip(0, count, 0, height, height)]
    pictures = PIXELS_OF_STRIP // (height * width)
    if pictures >= 1:
        starts = range(0, count, pictures)
        return [Strip(n, min(n + pictures, count), 0, height, height) for n in starts]
    pieces = -(-height * width // PIXELS_OF_STRIP)
    rows = -(-height // pieces)
    rows += rows % 2
    return [
        Strip(n, n + 1, first, min(first + rows, height), height)
        for n in range(count)
        for first in range(0, height, rows)
    ]
