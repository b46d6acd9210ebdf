"""Pieces of large pictures that are worked on one after the other.

Memory that is new for each step costs more than the arithmetic in it, once a picture is larger than
the caches; pieces of this size use the same memory again.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

PIECE = 1 << 19
"""Numbers in a piece."""


def pieces(device: torch.device, length: int, width: int = 1) -> Iterator[slice]:
    """Slices of ``length`` lines of ``width`` numbers, at least one line each.

    All is one slice but on the CPU: a GPU has no need of them, and would wait for each.
    """
    lines = max(1, PIECE // max(1, width)) if device.type == 'cpu' else max(1, length)
    for start in range(0, length, lines):
        yield slice(start, min(start + lines, length))
