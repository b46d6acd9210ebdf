"""Which pixels a small copy by nearest neighbours shows."""

from __future__ import annotations

from typing import Any


def nearest_positions(index: Any, count: Any, size: Any) -> Any:
    """The pixels in which the centres of the copy's pixels lie.

    Args:
        index: Pixels of the copy: integers, as an array or tensor.
        count: How many it has along this side.
        size: How many the original has.
    """
    return (2 * index + 1) * size // (2 * count)
