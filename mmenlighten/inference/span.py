"""A tile along one axis."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """What a tile covers along one axis, in pixels of the padded image.

    The cores of all tiles cover each pixel once; what surrounds them is there to be seen.
    """

    start: int
    stop: int
    core_start: int
    core_stop: int


def plan_spans(size: int, multiple: int, overlap: int, tile: int) -> tuple[Span, ...]:
    """Divides an axis into as few tiles as possible, all of one length, as short as possible.

    Args:
        size: Length of the axis, a multiple of ``multiple``.
        multiple: Step of the grid on which tiles and cores begin and end.
        overlap: Pixels around a core, except at the ends of the axis; a multiple of the step.
        tile: Longest tile; below ``2 * overlap + multiple`` only if the axis is as short.
    """
    tile -= tile % multiple
    if tile >= size:
        return (Span(0, size, 0, size),)
    if tile < 2 * overlap + multiple:
        raise ValueError(f'Tiles of {tile} pixels have no core within an overlap of {overlap}.')
    steps = (size - 2 * overlap) // multiple
    count = -(-steps // ((tile - 2 * overlap) // multiple))
    length = -(-steps // count) * multiple + 2 * overlap  # the same number of tiles, but shorter
    spans, core_start = [], 0
    for index in range(count):
        # The last tile is moved back to end with the axis: tiles of one size make one batch.
        start = min(index * (length - 2 * overlap), size - length)
        core_stop = size if index == count - 1 else start + length - overlap
        spans.append(Span(start, start + length, core_start, core_stop))
        core_start = core_stop
    return tuple(spans)
