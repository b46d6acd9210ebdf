"""How filters lie on a sensor, and how a network sees them: planes of one colour each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmenlighten.utils.errors import DatasetError


@dataclass(frozen=True)
class MosaicLayout:
    """A mosaic of colour filters and its packing into planes (Chen et al., 2018; Section 3.2).

    Attributes:
        name: What it is called in configs.
        pattern: Colours of one cell, row by row.
        cell: Side of the cell, after which the pattern repeats.
        side: Pixels of the mosaic on a side of a packed pixel.
        places: For each plane the row and column, within the cell, of each of its packed pixels
            there, row by row.
    """

    name: str
    pattern: str
    cell: int
    side: int
    places: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def planes(self) -> int:
        """Number of planes."""
        return len(self.places)

    def colours(self) -> list[str]:
        """The colour of each plane."""
        firsts = [places[0] for places in self.places]
        return [self.pattern[row * self.cell + column] for row, column in firsts]

    def pack(self, mosaic: np.ndarray) -> np.ndarray:
        """Packs a mosaic (H, W) that begins with a cell; incomplete cells at its end are left out.

        Returns:
            Planes (H // side, W // side, C), of the same type.
        """
        height, width = (size // self.cell * self.cell for size in mosaic.shape)
        shape = (height // self.side, width // self.side, self.planes)
        packed = np.empty(shape, mosaic.dtype)
        for there, row, column in self._places():
            packed[there] = mosaic[row : height : self.cell, column : width : self.cell]
        return packed

    def unpack(self, packed: np.ndarray) -> np.ndarray:
        """Undoes :meth:`pack`: from planes (h, w, C) to a mosaic (h * side, w * side)."""
        mosaic = np.empty([size * self.side for size in packed.shape[:2]], packed.dtype)
        for there, row, column in self._places():
            mosaic[row :: self.cell, column :: self.cell] = packed[there]
        return mosaic

    def origin(self, pattern: str) -> tuple[int, int]:
        """Rows and columns to leave out of a mosaic, so that it begins with a cell.

        Args:
            pattern: Colours from its top left pixel on.

        Raises:
            DatasetError: The mosaic has another layout.
        """
        if len(pattern) == len(self.pattern):
            given, own = (_square(colours) for colours in (pattern, self.pattern))
            for top in range(self.cell):
                for left in range(self.cell):
                    if np.array_equal(np.roll(given, (-top, -left), axis=(0, 1)), own):
                        return top, left
        raise DatasetError(
            f'The filters of the sensor ({pattern}) do not lie as those of {self.name} '
            f'({self.pattern}): {_remedy(pattern)}.'
        )

    def _places(self) -> Sequence[tuple[tuple[slice, slice, int], int, int]]:
        """Where packed pixels are, and their first place in the mosaic."""
        step = self.cell // self.side
        return [
            ((slice(index // step, None, step), slice(index % step, None, step), plane), *place)
            for plane, places in enumerate(self.places)
            for index, place in enumerate(places)
        ]


BAYER = MosaicLayout('bayer', 'RGGB', 2, 2, (((0, 0),), ((0, 1),), ((1, 1),), ((1, 0),)))
"""R, G, B, G: around the cell with the clock."""

XTRANS = MosaicLayout(
    'xtrans',
    'RBGBRGGGRGGBGGBGGRBRGRBGGGBGGRGGRGGB',
    6,
    3,
    (
        # R, G and B of the rows 0 and 3.
        ((0, 0), (0, 4), (3, 1), (3, 3)),
        ((0, 2), (0, 5), (3, 2), (3, 5)),
        ((0, 1), (0, 3), (3, 0), (3, 4)),
        # R and B of the other rows.
        ((1, 2), (2, 5), (5, 2), (4, 5)),
        ((2, 2), (1, 5), (4, 2), (5, 5)),
        # The squares of four G.
        *(
            tuple((row + down, column + right) for down in (0, 3) for right in (0, 3))
            for row, column in ((1, 0), (1, 1), (2, 0), (2, 1))
        ),
    ),
)
"""Fuji's X-Trans: nine planes at a third of the size, in the order of the official program."""

LAYOUTS = {layout.name: layout for layout in (BAYER, XTRANS)}
"""All of them by name."""


def layout_of(pattern: str) -> MosaicLayout:
    """The layout of a sensor's pattern.

    Raises:
        DatasetError: It is neither a Bayer nor an X-Trans pattern.
    """
    for layout in LAYOUTS.values():
        if sorted(pattern) == sorted(layout.pattern):
            return layout
    raise DatasetError(
        f'The filters of the sensor ({pattern}) are neither those of a Bayer nor of an X-Trans '
        'mosaic: develop such files in a raw converter.'
    )


def _square(pattern: str) -> np.ndarray:
    side = round(len(pattern) ** 0.5)
    return np.array(list(pattern)).reshape(side, side)


def _remedy(pattern: str) -> str:
    for layout, transform in ((BAYER, 'PackBayer'), (XTRANS, 'PackXTrans')):
        if sorted(pattern) == sorted(layout.pattern):
            return f"use {transform} and layout='{layout.name}'"
    return 'develop such files in a raw converter'
