"""Blends tiles that do not agree where they overlap."""

from __future__ import annotations

import numpy as np

from .span import Span


def blending_weights(
    positions: np.ndarray, spans: tuple[Span, ...], index: int, overlap: int
) -> np.ndarray:
    """Weights of a tile along one axis; those of all tiles add up to 1 at any position.

    From one tile to the next they change linearly over ``overlap`` pixels around the border of
    the cores. The outer half of each overlap has no weight: there a tile sees its own end.

    Args:
        positions: Positions in the padded image, of pixel centres.
        spans: All tiles along the axis.
        index: Which of them.
        overlap: Pixels around each core.
    """
    # A difference of two steps: the sum over the tiles telescopes to 1 even if steps overlap.
    rise = _step(positions, spans[index].core_start, overlap) if index else 1.0
    last = index == len(spans) - 1
    fall = 0.0 if last else _step(positions, spans[index].core_stop, overlap)
    return np.broadcast_to(np.asarray(rise - fall), positions.shape)


def support(spans: tuple[Span, ...], index: int, overlap: int) -> tuple[int, int]:
    """Where a tile has weight, as an interval of the padded image."""
    span, half = spans[index], (overlap + 1) // 2
    start = span.start if index == 0 else span.core_start - half
    stop = span.stop if index == len(spans) - 1 else span.core_stop + half
    return max(start, span.start), min(stop, span.stop)


def _step(positions: np.ndarray, border: int, overlap: int) -> np.ndarray:
    if overlap == 0:
        return (positions >= border).astype(float)
    return np.clip((positions + 0.5 - border) / overlap + 0.5, 0.0, 1.0)
