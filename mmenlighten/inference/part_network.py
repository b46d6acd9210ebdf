"""Networks that enhance a part of a picture by what a small copy of the whole tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, cast

import numpy as np

from mmenlighten.utils.window import Window

from .network_traits import Network, NetworkTraits
from .pixels import computing_dtype
from .thumbnail import thumbnail_of


class PartNetwork(Protocol):
    """What enhances parts, if :attr:`.NetworkTraits.thumbnail_size` is declared of it."""

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """What the network has to know of whole pictures.

        Args:
            thumbnails: Small copies of them (N, 3, side, side) in [-1, 1].

        Returns:
            A grid for each (N, ...).
        """

    def enhance_part(
        self,
        images: np.ndarray,
        grids: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        """Enhances parts of pictures.

        Args:
            images: Padded parts (N, 3, H, W) in [-1, 1].
            grids: What :meth:`prepare` told of the picture that each is of.
            windows: Where each lies in its picture.
            denoise: Share of the denoising; None for the network's own.
            colour: Share of the correction of colours.

        Returns:
            The same shape and type, not clamped.
        """


EnhanceParts = Callable[[np.ndarray, Sequence[Window]], np.ndarray]
"""From parts (N, 3, H, W) in [-1, 1], and where they lie, to enhanced ones."""


def grid_of(network: Network, traits: NetworkTraits, image: np.ndarray) -> np.ndarray | None:
    """What a network has to know of a whole picture (1, ...); None if it needs nothing.

    Args:
        network: The network.
        traits: What is declared of it.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
    """
    if traits.thumbnail_size is None:
        return None
    thumbnail = thumbnail_of(image, traits.thumbnail_size) * 2 - 1
    thumbnails = thumbnail.transpose(2, 0, 1)[None].astype(computing_dtype(image.dtype))
    return cast(PartNetwork, network).prepare(thumbnails)


def enhance_parts(network: Network, grids: np.ndarray | None) -> EnhanceParts:
    """Makes a network that needs grids, or none, what enhances parts.

    Args:
        network: The network.
        grids: One for all parts (1, ...), or one for each; None if the network needs none.
    """
    if grids is None:
        return lambda images, _: network(images)
    enhance_part = cast(PartNetwork, network).enhance_part
    return lambda images, windows: enhance_part(
        images, np.broadcast_to(grids, (len(images), *grids.shape[1:])), windows
    )
