"""One block of memory for the large maps of a U-Net, which is used again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

# A level has half the values of the one above: a quarter of the pixels, twice the channels. So
# skips take 1, 1/2, 1/4 and 1/8, what is halved a quarter of its level, and what is expanded as
# much as its skip. 'expanded8' lies over 'skip3', 'skip4' and 'expanded6', which were read by then.
PLACES = {
    'skip1': 0,
    'skip2': 1,
    'halved1': 1.5,
    'halved3': 1.5,
    'expanded7': 1.5,
    'skip3': 1.75,
    'expanded8': 1.75,
    'skip4': 2,
    'halved2': 2.125,
    'halved4': 2.125,
    'expanded6': 2.125,
    'joined': 2.25,
}
"""Where maps begin, in maps of full size. What shares memory is not needed at the same time."""


class Workspace:
    """Memory for the maps of one pass that are there as a whole, kept for the next pass.

    New memory comes from the system page by page, and is cleared before: for a network that is as
    fast as this one, that is a third of its time.

    Attributes:
        most_rows: Of a band in this pass; None if maps are not divided, and none lies here.
    """

    def __init__(self) -> None:
        self.most_rows: int | None = None
        self._map_bytes = 0
        self._memory = torch.empty(0, dtype=torch.uint8)

    @property
    def nbytes(self) -> int:
        """Memory that is kept."""
        return self._memory.nbytes

    def fit(self, map_bytes: int, joined_bytes: int) -> None:
        """Makes room for a pass.

        Args:
            map_bytes: Of a map of full size.
            joined_bytes: Of the largest band of two maps that are joined.
        """
        self._map_bytes = map_bytes
        needed = int(map_bytes * PLACES['joined']) + joined_bytes
        if self._memory.numel() < needed:
            self._memory = self._memory.new_empty(0)  # before more is taken
            with torch.inference_mode(mode=False):  # else it could not be written to outside of it
                self._memory = torch.empty(needed, dtype=torch.uint8)

    def map(self, place: str, shape: Sequence[int], like: Tensor) -> Tensor:
        """A map (N, C, H, W), with any values, of the type and layout of another."""
        number, channels, height, width = shape
        start = int(self._map_bytes * PLACES[place])
        size = number * channels * height * width * like.element_size()
        values = self._memory[start : start + size].view(like.dtype)
        if like.is_contiguous(memory_format=torch.channels_last):
            return values.view(number, height, width, channels).permute(0, 3, 1, 2)
        return values.view(number, channels, height, width)

    def __getstate__(self) -> dict[str, Any]:
        return dict(Workspace().__dict__)  # there is nothing in it between two passes
