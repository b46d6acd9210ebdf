"""What a network declares and offers, so that images of any size can be enhanced with it.

Nothing of it is compulsory: a network is any callable from images to images. The table in
``docs/components.md`` lists what more there is, and who asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from .errors import ConfigError
from .padding_geometry import Window

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Network = Callable[[np.ndarray], np.ndarray]
"""From padded RGB images (N, 3, H, W) in [-1, 1] to enhanced ones of the same shape and type.

It takes float32 (and float64, if images of float64 are enhanced), and neither pads nor halves.
"""

UNBOUNDED_OVERLAP = 128
"""What the official network would need if it were local: the nearest is what matters most."""


@dataclass(frozen=True)
class NetworkTraits:
    """What tiling has to know about a network.

    Args:
        size_multiple: Sides that the network takes are multiples of this.
        receptive_field_radius: Input pixels on each side that an output pixel can depend on, None
            if there is no bound.
        tile_halo: Pixels needed around a block on the grid of ``size_multiple``, if fewer than
            the radius suffice there.
        is_tileable: Whether parts can be enhanced without the rest; a histogram, for one, is of the
            whole image.
        half_above_width: Images wider than this, and at least 2 pixels tall, are halved first.
        align_corners: How the result of a halved image is upsampled again.
        bytes_per_pixel: Memory that the network takes at its peak for each pixel of its input.
        fixed_bytes: Memory that it takes besides, at any size; of a network of torch, beside its
            weights.
        bytes_per_pixel_in_bands: As ``bytes_per_pixel``, of a network that works in bands of rows
            where they take less memory; else None.
        band_bytes: Memory of these bands, at any size; freed and taken again for each of them.
        tile_pixels: Pixels of a tile beyond which larger ones save no time worth their memory.
        thumbnail_size: Side of the small copy of the whole image by which the network enhances
            its parts (:class:`PreparedNetwork`); None if it sees nothing but the part.
        in_channels: Channels of its input; others than 3 are planes of a mosaic, no photographs, or
            the frames of a bracket.
        thumbnail_reduction: How that copy is made: ``'area'`` takes means, ``'nearest'`` single
            pixels.
        frames: Exposures of a scene that the network merges; if there are several, their exposures
            (N, frames), 2^EV, are a second input.
        takes_aligned: Whether these frames are to be aligned before.
        has_controls: Whether a network with a thumbnail lets its denoising, brightness and colour
            be chosen.
        not_exported: Why no graph can hold the network, with a remedy, to follow after a colon;
            None if one can.
    """

    size_multiple: int = 16
    receptive_field_radius: int | None = None
    tile_halo: int | None = None
    is_tileable: bool = True
    half_above_width: int | None = None
    align_corners: bool = False
    bytes_per_pixel: int = 1024
    fixed_bytes: int = 0
    bytes_per_pixel_in_bands: int | None = None
    band_bytes: int = 0
    tile_pixels: int | None = None
    thumbnail_size: int | None = None
    in_channels: int = 3
    frames: int = 1
    takes_aligned: bool = False
    thumbnail_reduction: str = 'area'
    has_controls: bool = True
    not_exported: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether tiles can give exactly what the whole image gives."""
        return self.receptive_field_radius is not None

    @property
    def works_in_bands(self) -> bool:
        """Whether large tiles are computed in bands of rows."""
        return self.bytes_per_pixel_in_bands is not None

    @property
    def overlap(self) -> int:
        """Pixels that a tile needs around its core, a multiple of ``size_multiple``.

        Where there is no bound it is a compromise between seams and work.
        """
        needed = self.receptive_field_radius
        if needed is None:
            needed = UNBOUNDED_OVERLAP
        elif self.tile_halo is not None:
            needed = self.tile_halo
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
        """Whether an image of this size is enhanced at half its size."""
        return self.half_above_width is not None and width > self.half_above_width and height > 1

    def inner_size(self, height: int, width: int) -> tuple[int, int]:
        """The size at which an image is enhanced, before it is padded."""
        return (height // 2, width // 2) if self.is_halved(height, width) else (height, width)


@runtime_checkable
class DeclaresTraits(Protocol):
    """A network that says what tiling has to know about it."""

    @property
    def traits(self) -> NetworkTraits:
        """What is declared."""


@runtime_checkable
class KeepsMemory(Protocol):
    """A network that keeps memory for the next image."""

    def release_memory(self) -> None:
        """Frees it."""


class PreparedNetwork(Protocol):
    """Enhances parts of an image by a state of the whole, as :class:`PreparedModule` does.

    It is what :attr:`NetworkTraits.thumbnail_size` promises.
    """

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """What the network has to know of whole images.

        Args:
            thumbnails: Small copies of them (N, 3, side, side) in [-1, 1].

        Returns:
            A state for each (N, ...).
        """

    def enhance_part(
        self,
        images: np.ndarray,
        states: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        """Enhances parts of images.

        Args:
            images: Padded parts (N, 3, H, W) in [-1, 1].
            states: What :meth:`prepare` returned for the image that each is of.
            windows: Where each lies in its image.
            denoise: Share of the denoising; None for the network's own.
            colour: Share of the correction of colours.

        Returns:
            The same shape and type, not clamped.
        """


EnhanceStrip = Callable[[np.ndarray, int], np.ndarray]
"""From rows (1, 3, h, W) in [0, 1], and the number of the first, to enhanced ones."""


class StripNetwork(Protocol):
    """Enhances an image strip by strip, exactly as it enhances the whole image."""

    reach: int
    """Rows above and below that a strip needs, an even number."""

    def survey(
        self, strips: Iterable[tuple[int, np.ndarray]], height: int, width: int
    ) -> EnhanceStrip:
        """Looks at all rows once, from top to bottom, and returns what enhances some of them.

        Args:
            strips: Rows (1, 3, h, W) in [0, 1] with the number of the first, which is even.
            height: Rows of the image.
            width: Columns of the image.
        """


@runtime_checkable
class HasStrips(Protocol):
    """A network that may enhance strips instead of tiles."""

    strips: StripNetwork | None


@runtime_checkable
class PadsItself(Protocol):
    """A module whose ``forward`` pads or halves, which tiles do not need."""

    def enhance_padded(self, image: Tensor) -> Tensor:
        """As ``forward`` without that: (N, 3, H, W), sides are multiples of the traits'."""


@runtime_checkable
class LowersPrecision(Protocol):
    """A module that chooses by itself what it computes in 16 bits."""

    def lower_precision(self, dtype: torch.dtype) -> None:
        """Computes in ``dtype`` what does not need more; images stay float32."""


@runtime_checkable
class PreparedModule(Protocol):
    """A module that enhances parts of an image by a state of the whole."""

    denoise: float
    """Its own share of the denoising."""

    def prepare(self, image: Tensor) -> Tensor:
        """The states (N, ...) of whole images (N, 3, H, W) in [-1, 1], or of small copies."""

    def enhance_part(
        self,
        image: Tensor,
        state: Tensor,
        window: Window,
        denoise: float | Tensor | None = None,
        colour: float | Tensor = 1.0,
    ) -> Tensor:
        """See :meth:`PreparedNetwork.enhance_part`; numbers of the window may be (N, 1, 1)."""


@runtime_checkable
class StripModule(Protocol):
    """A module that enhances an image strip by strip; see :class:`StripNetwork`."""

    strip_reach: int

    def survey(self, strips: Iterable[tuple[int, Tensor]], height: int, width: int) -> Any:
        """What the strips of an image have in common."""

    def enhance_strip(self, image: Tensor, first: int, survey: Any) -> Tensor:
        """Enhances rows (N, 3, h, W) in [0, 1] from the row ``first`` on, not clamped."""


def traits_of(network: object) -> NetworkTraits:
    """What a network declares; the defaults if it declares nothing.

    Raises:
        ConfigError: It declares as attributes of its own what has been in ``traits`` since 0.1.
    """
    if isinstance(network, DeclaresTraits):
        return network.traits
    for name in ('size_multiple', 'dependence_radius', 'bytes_per_pixel'):
        if hasattr(network, name):  # the defaults would make seams without a word
            raise ConfigError(
                f'{type(network).__name__}.{name} is read no more: declare traits = '
                'NetworkTraits(...) (docs/components.md).'
            )
    return NetworkTraits()


def round_up(value: int, multiple: int) -> int:
    """The next multiple."""
    return -(-value // multiple) * multiple
