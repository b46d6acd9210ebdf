"""Enhances an image of any size, tile by tile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from mmenlighten.utils.network_protocols import Network, NetworkTraits

from .feathering import blending_weights, support
from .image_source import ImageSource
from .image_state import EnhanceParts, enhance_parts, prepare_state
from .pixels import check_pixels, computing_dtype, to_pixels
from .span import Span
from .tiling import TilePlan

Progress = Callable[[int, int], None]
"""Called with the number of tiles that are done, and of all."""

Part = tuple[slice, slice, np.ndarray]
"""Rows and columns of the image, and their values (H, W, 3) in [-1, 1], not clamped."""


def enhance_tiled(
    network: Network,
    image: np.ndarray,
    traits: NetworkTraits,
    out: np.ndarray | None = None,
    *,
    tile: int | tuple[int, int] | None = None,
    overlap: int | None = None,
    batch: int = 1,
    state: np.ndarray | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Enhances an image without ever holding more than some tiles of it in floating point.

    If the network is local, the result is that of the untiled image. Else tiles are blended
    where they overlap, and the result differs from the untiled one.

    Args:
        network: The network.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        traits: What is declared of the network.
        out: Where the result goes, of the shape of ``image`` and any of its types, but other
            memory: tiles are read after their neighbours were written. None makes one.
        tile: Greatest side of a tile, or greatest height and width, as the network sees it (a
            image that is halved, halved). None enhances the image as a whole.
        overlap: Pixels around a tile's core, if not those that the traits ask for.
        batch: Tiles that the network is given at once.
        state: What the network knows of the whole image, if it needs that and if it is not what
            the image itself tells (:func:`.image_state.prepare_state`).
        progress: Told after each batch. What it raises ends the work.

    Returns:
        ``out``.
    """
    if out is None:
        out = np.empty(image.shape, image.dtype)
    if out.shape != image.shape:
        raise ValueError(f'out has the shape {out.shape}, the picture {image.shape}.')
    if np.may_share_memory(image, out):
        raise ValueError('out must not be the picture itself: tiles overlap.')
    check_pixels(out)
    parts = iterate_enhanced(
        network,
        image,
        traits,
        tile=tile,
        overlap=overlap,
        batch=batch,
        state=state,
        progress=progress,
    )
    for rows, columns, values in parts:
        out[rows, columns] = to_pixels(values, out.dtype)
    return out


def iterate_enhanced(
    network: Network,
    image: np.ndarray,
    traits: NetworkTraits,
    *,
    tile: int | tuple[int, int] | None = None,
    overlap: int | None = None,
    batch: int = 1,
    state: np.ndarray | None = None,
    progress: Progress | None = None,
) -> Iterator[Part]:
    """Yields finished parts, top to bottom, that cover each pixel once; see `enhance_tiled`."""
    check_pixels(image)
    source = ImageSource(image, traits, computing_dtype(image.dtype))
    plan = source.plan(tile, traits.overlap if overlap is None else overlap)
    state = prepare_state(network, traits, image) if state is None else state
    enhance = enhance_parts(network, state)
    tiles = _enhanced_tiles(enhance, source, plan, batch, progress)
    if traits.is_local or len(plan) == 1:
        return _cores(source, plan, tiles)
    return _blended(source, plan, tiles)


def _enhanced_tiles(
    enhance: EnhanceParts,
    source: ImageSource,
    plan: TilePlan,
    batch: int,
    progress: Progress | None,
) -> Iterator[tuple[Span, Span, np.ndarray]]:
    places = iter(plan)
    done = 0
    while group := list(islice(places, batch)):
        inputs = np.empty((len(group), 3, *plan.tile_shape), source.dtype)
        for index, (row, column) in enumerate(group):
            inputs[index] = source.read(plan, row, column)
        outputs = enhance(inputs, [source.window_of(plan, *place) for place in group])
        if outputs.shape != inputs.shape:
            raise ValueError(f'The network made {outputs.shape} of {inputs.shape}.')
        for (row, column), output in zip(group, outputs):
            yield row, column, output
        done += len(group)
        if progress is not None:
            progress(done, len(plan))


def _cores(
    source: ImageSource, plan: TilePlan, tiles: Iterator[tuple[Span, Span, np.ndarray]]
) -> Iterator[Part]:
    for row, column, tile in tiles:
        rows = source.output_window(plan, (row.core_start, row.core_stop), 0)
        columns = source.output_window(plan, (column.core_start, column.core_stop), 1)
        values = source.cut(plan, tile, (row.start, column.start), (rows, columns))
        yield slice(*rows), slice(*columns), values


def _blended(
    source: ImageSource, plan: TilePlan, tiles: Iterator[tuple[Span, Span, np.ndarray]]
) -> Iterator[Part]:
    """Adds up weighted tiles in a band of the image's width and one tile's height."""
    width = source.image.shape[1]
    band = np.empty((0, width, 3), source.dtype)
    top = 0
    for index, row in enumerate(plan.rows):
        rows = source.output_window(plan, support(plan.rows, index, plan.overlap), 0)
        # Above this tile's support nothing is added any more.
        if rows[0] > top:
            yield slice(top, rows[0]), slice(0, width), band[: rows[0] - top]
        carried, top = band[rows[0] - top :], rows[0]
        band = np.zeros((rows[1] - top, width, 3), source.dtype)
        band[: len(carried)] = carried
        row_weights = _weights(source, plan, rows, index, 0)
        for position, (_, column, tile) in enumerate(islice(tiles, len(plan.columns))):
            columns = source.output_window(plan, support(plan.columns, position, plan.overlap), 1)
            values = source.cut(plan, tile, (row.start, column.start), (rows, columns))
            weights = (
                row_weights[:, None, None] * _weights(source, plan, columns, position, 1)[:, None]
            )
            band[:, slice(*columns)] += weights * values
    yield slice(top, top + len(band)), slice(0, width), band


def _weights(
    source: ImageSource, plan: TilePlan, window: tuple[int, int], index: int, axis: int
) -> np.ndarray:
    positions = np.arange(*window, dtype=float)
    if source.is_halved:
        positions = (positions + 0.5) / 2 - 0.5
    positions += plan.padding.left if axis else plan.padding.top
    spans = plan.columns if axis else plan.rows
    return blending_weights(positions, spans, index, plan.overlap).astype(source.dtype)
