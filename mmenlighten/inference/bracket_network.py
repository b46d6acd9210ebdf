"""Merges frames of any size by a network, tile by tile, with the result of the whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mmenlighten.brackets import Bracket
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding_geometry import padding_to_multiple, reflect_positions

from .memory import choose_tile, default_budget
from .span import Span, plan_spans

BracketNetwork = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From frames (1, 9, H, W) in [-1, 1] and exposures (1, 3) to light (1, 3, H, W) in [-1, 1]."""

FEWEST_CELLS = 2
"""Steps of the grid on a side that is too short: reflection within a network needs pixels."""


def merge_tiled(
    network: BracketNetwork,
    traits: NetworkTraits,
    bracket: Bracket,
    tile: int | str | None = 'auto',
    free_vram: int | None = None,
) -> np.ndarray:
    """Merges a bracket without ever holding more than some rows of it in floating point.

    Args:
        network: The network.
        traits: What is declared of it.
        bracket: As many frames as it takes.
        tile: Greatest side of a tile; ``'auto'`` for what fits into memory, None for no tiles.
        free_vram: Free memory of the accelerator; None for the CPU.

    Returns:
        Linear RGB (H, W, 3), float32, not below 0; 1 is the white of the darkest frame.
    """
    height, width = bracket.frames[0].shape[:2]
    exposures = np.asarray([bracket.exposures], np.float32)
    budget = default_budget(free_vram, traits.is_tileable)
    sides = choose_tile(height, width, traits, budget, tile) or (height, width)
    places = [_Axis(size, side, traits) for size, side in zip((height, width), sides, strict=True)]
    rows, columns = places
    result = np.empty((height, width, 3), np.float32)
    for row in rows.spans:
        shown = rows.shown(row)
        top = int(shown.min())
        frames, _ = bracket.rows(top, int(shown.max()) + 1)
        band = np.concatenate(frames, axis=2)[shown - top]
        for column in columns.spans:
            part = band[:, columns.shown(column)].transpose(2, 0, 1)[None] * 2 - 1
            light = (network(np.ascontiguousarray(part), exposures)[0] + 1) / 2
            (begin, end), (left, right) = rows.core(row), columns.core(column)
            inner = light[
                :,
                begin + rows.before - row.start : end + rows.before - row.start,
                left + columns.before - column.start : right + columns.before - column.start,
            ]
            result[begin:end, left:right] = inner.transpose(1, 2, 0).clip(0)
    return result


class _Axis:
    """Tiles along one axis of frames that are reflected to whole cells of a network's grid."""

    def __init__(self, size: int, tile: int, traits: NetworkTraits) -> None:
        multiple = traits.size_multiple
        least = FEWEST_CELLS * multiple if multiple > 1 else 1
        added = padding_to_multiple(size, size, multiple)
        self.before, padded = added.left, size + added.left + added.right
        if padded < least:
            self.before += (least - padded) // 2
            padded = least
        self.size = size
        tile += -tile % multiple
        self.spans = plan_spans(padded, multiple, traits.overlap, max(tile, traits.smallest_tile))
        if not traits.is_tileable:
            self.spans = (Span(0, padded, 0, padded),)

    def shown(self, span: Span) -> np.ndarray:
        """Which pixels of the frames a tile shows."""
        return reflect_positions(np.arange(span.start, span.stop) - self.before, self.size)

    def core(self, span: Span) -> tuple[int, int]:
        """Which pixels of the frames its core is."""
        return (
            max(span.core_start - self.before, 0),
            min(span.core_stop - self.before, self.size),
        )
