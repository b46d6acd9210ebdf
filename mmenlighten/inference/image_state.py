"""What a network knows of a whole image while it enhances parts of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import numpy as np

from mmenlighten.utils.network_protocols import Network, NetworkTraits, PreparedNetwork
from mmenlighten.utils.padding_geometry import Window

from .pixels import computing_dtype
from .thumbnail import nearest_of, thumbnail_of

EnhanceParts = Callable[[np.ndarray, Sequence[Window]], np.ndarray]
"""From parts (N, 3, H, W) in [-1, 1], and where they lie, to enhanced ones."""


def prepare_state(network: Network, traits: NetworkTraits, image: np.ndarray) -> np.ndarray | None:
    """What a network has to know of a whole image (1, ...); None if it needs nothing.

    Args:
        network: The network.
        traits: What is declared of it.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
    """
    if traits.thumbnail_size is None:
        return None
    reduce = nearest_of if traits.thumbnail_reduction == 'nearest' else thumbnail_of
    thumbnail = reduce(image, traits.thumbnail_size) * 2 - 1
    thumbnails = thumbnail.transpose(2, 0, 1)[None].astype(computing_dtype(image.dtype))
    return cast(PreparedNetwork, network).prepare(thumbnails)


def enhance_parts(network: Network, states: np.ndarray | None) -> EnhanceParts:
    """Makes a network, with a state or without, what enhances parts.

    Args:
        network: The network.
        states: One for all parts (1, ...), or one for each; None if the network needs none.
    """
    if states is None:
        return lambda images, _: network(images)
    enhance_part = cast(PreparedNetwork, network).enhance_part
    return lambda images, windows: enhance_part(
        images, np.broadcast_to(states, (len(images), *states.shape[1:])), windows
    )
