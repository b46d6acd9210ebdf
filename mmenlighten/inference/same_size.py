"""Enhances images of one size together, undivided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmenlighten.utils.network_protocols import Network, NetworkTraits

from .image_source import ImageSource
from .image_state import enhance_parts, prepare_state
from .pixels import check_pixels, computing_dtype, to_pixels


def enhance_same_size(
    network: Network,
    images: Sequence[np.ndarray],
    traits: NetworkTraits,
    states: Sequence[np.ndarray | None] | None = None,
) -> list[np.ndarray]:
    """Gives the network several images at once, each as a whole.

    Args:
        network: The network.
        images: RGB (H, W, 3), all of one size and type: 8 or 16 bits, or floating point with
            white at 1.
        traits: What is declared of the network.
        states: As for `enhance_tiled`, one for each image.

    Returns:
        An image of the same kind for each. Networks may add in another order than for one
        image alone, which changes a value by one level at most.

    Raises:
        ValueError: The images differ in size or type.
    """
    kinds = {(image.shape, image.dtype) for image in images}
    if len(kinds) != 1:
        raise ValueError(f'Expected pictures of one size and type, got {sorted(map(str, kinds))}.')
    check_pixels(images[0])
    dtype = computing_dtype(images[0].dtype)
    sources = [ImageSource(image, traits, dtype) for image in images]
    plan = sources[0].plan(None, traits.overlap)
    ((row, column),) = plan
    if states is None:
        states = [prepare_state(network, traits, image) for image in images]
    enhance = enhance_parts(network, _joined(states))
    outputs = enhance(
        np.stack([source.read(plan, row, column) for source in sources]),
        [source.window_of(plan, row, column) for source in sources],
    )
    results = []
    for source, output in zip(sources, outputs, strict=True):
        rows = source.output_window(plan, (row.core_start, row.core_stop), 0)
        columns = source.output_window(plan, (column.core_start, column.core_stop), 1)
        values = source.cut(plan, output, (row.start, column.start), (rows, columns))
        results.append(to_pixels(values, source.image.dtype))
    return results


def _joined(states: Sequence[np.ndarray | None]) -> np.ndarray | None:
    there = [state for state in states if state is not None]
    return np.concatenate(there) if there else None
