"""Bands of rows, so that no image is in floating point as a whole, and work stays in the cache."""

from __future__ import annotations

PIXELS_OF_BAND = 2**18


def row_bands(height: int, width: int) -> list[slice]:
    """Rows of bands of about a quarter of a megapixel, from top to bottom."""
    return split_rows(height, PIXELS_OF_BAND // width)


def split_rows(height: int, rows: int, multiple: int = 1) -> list[slice]:
    """Cuts rows, or anything else with an order, into slices of equal length but the last.

    Args:
        height: Number of all rows.
        rows: Of a slice, at most; it is rounded down to a multiple, but one at least.
        multiple: Number of rows that stay together.
    """
    step = max(rows // multiple, 1) * multiple
    return [slice(top, min(top + step, height)) for top in range(0, height, step)]
