"""Pieces of large pictures that are worked on one after the other.

Memory that is new for each step costs more than the arithmetic in it, once it is so large that the
C library takes it from the system each time (32 MB); pieces of this size use the same memory again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

PIECE = 1 << 19
"""Numbers in a piece."""


def pieces(device: torch.device, length: int, width: int = 1) -> Iterator[slice]:
    """Slices of ``length`` lines of ``width`` numbers, at least one line each.

    All is one slice but on the CPU: a GPU has no need of them, and would wait for each.
    """
    lines = max(1, PIECE // max(1, width)) if device.type == 'cpu' else max(1, length)
    for start in range(0, length, lines):
        yield slice(start, min(start + lines, length))


def map_rows(function: Callable[..., Tensor], *images: Tensor, out: Tensor | None = None) -> Tensor:
    """``function(*images)`` for a function that works on each pixel alone, some rows at a time.

    Args:
        function: From pictures (N, C, H, W) to one of the same height and width. It may change
            its result in place, but not its arguments.
        images: Pictures of the same height and width.
        out: A picture, which may be one of ``images``, whose memory takes the result if it fits
            and no gradient is needed.
    """
    first = images[0]
    if any(image.requires_grad for image in images):
        return function(*images)
    for rows in pieces(first.device, first.shape[2], first[:, :, 0].numel()):
        part = function(*(image[:, :, rows] for image in images))
        if rows.start == 0:
            shape = *part.shape[:2], *first.shape[2:]
            if out is None or out.shape != shape or out.dtype != part.dtype:
                out = part.new_empty(shape)
        assert out is not None
        out[:, :, rows] = part
    return function(*images) if out is None else out
