"""Bands of rows, so that a picture is never in floating point as a whole."""

from __future__ import annotations

PIXELS_OF_BAND = 2**18


def row_bands(height: int, width: int) -> list[slice]:
    """Rows of bands of about a quarter of a megapixel, from top to bottom."""
    rows = max(1, PIXELS_OF_BAND // width)
    return [slice(top, min(height, top + rows)) for top in range(0, height, rows)]
