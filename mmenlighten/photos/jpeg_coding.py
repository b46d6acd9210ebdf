"""How a JPEG file was compressed, so that it can be compressed the same way again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JpegCoding:
    """The choices of a JPEG encoder.

    Attributes:
        tables: Quantisation tables of 64 values each in the order of rows: for luma, then for each
            of the chroma channels that does not share the one before it.
        subsampling: Resolution of the chroma: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.
        progressive: Whether the picture appears from coarse to fine.
    """

    tables: tuple[tuple[int, ...], ...]
    subsampling: int = 0
    progressive: bool = False
