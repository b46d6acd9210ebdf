"""Forward differences of images and their adjoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

Boundary = Literal['neumann', 'periodic']
"""What lies beyond the last column and row: the same again (difference 0), or the first."""

SLACK = 1e-6
"""Differences of levels in [0, 1] are this exact at least in float32."""


def forward_differences(image: Tensor, boundary: Boundary = 'neumann') -> tuple[Tensor, Tensor]:
    """``D x``: each pixel's right and lower neighbour minus the pixel.

    Args:
        image: (..., H, W).
        boundary: At ``neumann`` the last column or row is 0; at ``periodic`` it wraps around.

    Returns:
        Horizontal and vertical differences, each of the shape of the image.
    """
    if boundary == 'periodic':
        return image.roll(-1, -1) - image, image.roll(-1, -2) - image
    horizontal = torch.cat([image.diff(dim=-1), torch.zeros_like(image[..., :1])], -1)
    vertical = torch.cat([image.diff(dim=-2), torch.zeros_like(image[..., :1, :])], -2)
    return horizontal, vertical


def adjoint_differences(
    horizontal: Tensor, vertical: Tensor, boundary: Boundary = 'neumann'
) -> Tensor:
    """``D_x^T u + D_y^T v``, the negative divergence: ``<D x, (u, v)> = <x, D^T (u, v)>``.

    Args:
        horizontal: u, (..., H, W).
        vertical: v, of the same shape.
        boundary: As in :func:`forward_differences`.
    """
    if boundary == 'periodic':
        return horizontal.roll(1, -1) - horizontal + (vertical.roll(1, -2) - vertical)
    result = torch.zeros_like(horizontal)
    result[..., :-1] -= horizontal[..., :-1]
    result[..., 1:] += horizontal[..., :-1]
    result[..., :-1, :] -= vertical[..., :-1, :]
    result[..., 1:, :] += vertical[..., :-1, :]
    return result


def shrink(values: Tensor, threshold: Tensor | float) -> Tensor:
    """Soft threshold ``sign(x) max(|x| - t, 0)``, the proximal map of ``t |x|``."""
    if isinstance(threshold, Tensor):
        return values - torch.minimum(torch.maximum(values, -threshold), threshold)
    return values - values.clamp(-threshold, threshold)


def strong_changes(changes: Sequence[Tensor], threshold: float, gain: float) -> list[Tensor]:
    """``gain`` times the differences that reach the threshold; 0 for the others.

    A difference of exactly that many 8-bit levels counts, in whatever precision it was computed.
    """
    threshold -= SLACK
    return [torch.where(change.abs() >= threshold, gain * change, 0) for change in changes]
