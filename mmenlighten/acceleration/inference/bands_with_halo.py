"""Bands of rows, in which maps are computed that shall not be in memory as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from mmenlighten.utils.row_bands import split_rows

HALO = 2
"""Rows above and below that a result depends on: two 3x3 convolutions."""

LEAST_ROWS = 16
"""Of a band; of fewer, those that are computed twice count."""


@dataclass(frozen=True)
class RowBand:
    """Rows of a map that are computed together.

    Args:
        rows: What is computed.
        seen: Rows of the input that this depends on.
    """

    rows: slice
    seen: slice

    @property
    def inner(self) -> slice:
        """The rows among those seen."""
        start = self.rows.start - self.seen.start
        return slice(start, start + self.rows.stop - self.rows.start)

    @property
    def is_in_the_middle(self) -> bool:
        """Whether all is seen that the rows depend on: none of it is beyond the map."""
        size = self.rows.stop - self.rows.start
        return self.seen.stop - self.seen.start == size + 2 * HALO

    @property
    def halves(self) -> slice:
        """The rows of the map of half the size."""
        return slice(self.rows.start // 2, self.rows.stop // 2)


def bands_with_halo(height: int, most_rows: int) -> list[RowBand]:
    """Divides the rows of a map, an even number, into bands that are as good as equal.

    Args:
        height: Rows of the map.
        most_rows: Rows of a band, but for rounding; at least :data:`LEAST_ROWS` are taken.
    """
    number = -(-height // max(most_rows, LEAST_ROWS))
    return [
        RowBand(rows, slice(max(rows.start - HALO, 0), min(rows.stop + HALO, height)))
        for rows in split_rows(height, 2 * -(-height // (2 * number)))
    ]
