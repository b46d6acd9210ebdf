"""The geometry of bilinear upsampling by two."""

from __future__ import annotations

from torch import Tensor


def source_position(position: Tensor, size: int, align_corners: bool) -> Tensor:
    """Where positions of an upsampled line lie in the line itself, of so many pixels."""
    if align_corners:
        return position * (size - 1) / (2 * size - 1)
    return ((position + 0.5) / 2 - 0.5).clamp(0, size - 1)
