"""What tiling has to know about a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Network = Callable[[np.ndarray], np.ndarray]
"""From padded RGB pictures (N, 3, H, W) in [-1, 1] to enhanced ones of the same shape and type.

It takes float32 (and float64, if pictures of float64 are enhanced), and neither pads nor halves.
"""


@dataclass(frozen=True)
class NetworkTraits:
    """What tiling has to know about a network.

    Args:
        size_multiple: Sides that the network takes are multiples of this.
        dependence_radius: Input pixels on each side that an output pixel can depend on, None if
            there is no bound.
        tile_margin: Pixels needed around a block on the grid of ``size_multiple``, if fewer than
            the radius suffice there.
        is_tileable: Whether parts can be enhanced without the rest; a histogram, for one, is of the
            whole picture.
        half_above_width: Pictures wider than this, and at least 2 pixels tall, are halved first.
        align_corners: How the result of a halved picture is doubled again.
        bytes_per_pixel: Memory that the network takes at its peak for each pixel of its input.
        fixed_bytes: Memory that it takes besides, at any size, such as its weights.
        bytes_per_pixel_in_bands: As ``bytes_per_pixel``, of a network that works in bands of rows
            where they take less memory; else None.
        band_bytes: Memory of these bands, at any size; freed and taken again for each of them.
        tile_pixels: Pixels of a tile beyond which larger ones save no time worth their memory.
        thumbnail_size: Side of the small copy of the whole picture by which the network enhances
            its parts (:class:`.PartNetwork`); None if it sees nothing but the part.
    """

    size_multiple: int = 16
    dependence_radius: int | None = None
    tile_margin: int | None = None
    is_tileable: bool = True
    half_above_width: int | None = None
    align_corners: bool = False
    bytes_per_pixel: int = 1024
    fixed_bytes: int = 0
    bytes_per_pixel_in_bands: int | None = None
    band_bytes: int = 0
    tile_pixels: int | None = None
    thumbnail_size: int | None = None

    @property
    def is_local(self) -> bool:
        """Whether tiles can give exactly what the whole picture gives."""
        return self.dependence_radius is not None

    @property
    def works_in_bands(self) -> bool:
        """Whether large tiles are computed in bands of rows."""
        return self.bytes_per_pixel_in_bands is not None

    @property
    def overlap(self) -> int:
        """Pixels that a tile needs around its core, a multiple of ``size_multiple``.

        Where there is no bound it is a compromise between seams and work.
        """
        needed = UNBOUNDED_OVERLAP if self.dependence_radius is None else self.dependence_radius
        if self.is_local and self.tile_margin is not None:
            needed = self.tile_margin
        return round_up(needed, self.size_multiple)

    @property
    def smallest_tile(self) -> int:
        """The side of a tile whose core is one step of the grid."""
        return 2 * self.overlap + self.size_multiple

    def bytes_of(self, pixels: int) -> int:
        """Memory that the network takes for a tile of so many pixels, without the fixed part."""
        needed = pixels * self.bytes_per_pixel
        if self.bytes_per_pixel_in_bands is not None:
            needed = min(needed, pixels * self.bytes_per_pixel_in_bands + self.band_bytes)
        return needed

    def is_halved(self, height: int, width: int) -> bool:
        """Whether a picture of this size is enhanced at half its size."""
        return self.half_above_width is not None and width > self.half_above_width and height > 1

    def inner_size(self, height: int, width: int) -> tuple[int, int]:
        """The size at which a picture is enhanced, before it is padded."""
        return (height // 2, width // 2) if self.is_halved(height, width) else (height, width)


UNBOUNDED_OVERLAP = 128
"""What the official network would need if it were local: the nearest is what matters most."""


def round_up(value: int, multiple: int) -> int:
    """The next multiple."""
    return -(-value // multiple) * multiple
