"""Smoothing that keeps the edges of a guide."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.utils.errors import ConfigError

FEW = 6
"""Up to this radius pixels are added one by one."""


def fast_guided_filter(
    image: Tensor, guide: Tensor, radius: int, epsilon: float, subsampling: int = 4
) -> Tensor:
    """``q = mean(a) g + mean(b)`` with the best line ``a g + b`` in the window around each pixel.

    ``a = cov(g, p) / (var(g) + epsilon)``, ``b = mean(p) - a mean(g)``. He, Sun and Tang, "Guided
    Image Filtering" (2013); He and Sun, "Fast Guided Filter" (2015): the lines are found at a lower
    resolution. Its cost does not depend on the radius.

    Args:
        image: p, (N, C, H, W).
        guide: g, (N, 1 or C, H, W).
        radius: Windows have an edge of ``2 radius + 1`` pixels; beyond the borders is nothing.
        epsilon: Variance of the guide below which it counts as flat.
        subsampling: How many times smaller the lower resolution is; 1 is the exact filter.

    Raises:
        ConfigError: The radius, the subsampling or epsilon is not positive.
    """
    if min(radius, subsampling) < 1 or epsilon <= 0:
        raise ConfigError(
            f'The guided filter takes positive settings only, not radius {radius}, '
            f'subsampling {subsampling} and epsilon {epsilon}.'
        )
    height, width = image.shape[-2:]
    small = max(height // subsampling, 1), max(width // subsampling, 1)
    small_image = F.interpolate(image, small, mode='area')
    small_guide = F.interpolate(guide, small, mode='area')
    lines = guided_lines(small_image, small_guide, max(round(radius / subsampling), 1), epsilon)
    lines = F.interpolate(lines, (height, width), mode='bilinear', align_corners=False)
    slope, offset = lines.chunk(2, 1)
    return slope * guide + offset


def guided_lines(image: Tensor, guide: Tensor, radius: int, epsilon: float | Tensor) -> Tensor:
    """``mean(a)`` and ``mean(b)`` of :func:`fast_guided_filter`, at the resolution of its input.

    Args:
        image: p, (N, C, H, W).
        guide: g, (N, 1 or C, H, W).
        radius: Of the windows, in pixels.
        epsilon: Variance of the guide below which it counts as flat; a number, or a map.

    Returns:
        (N, 2 C, H, W): the slopes of all channels, then the offsets.
    """
    mean_guide, mean_image = box_mean(guide, radius), box_mean(image, radius)
    variance = (box_mean(guide.square(), radius) - mean_guide.square()).clamp_min(0)
    covariance = box_mean(guide * image, radius) - mean_guide * mean_image
    slope = covariance / (variance + epsilon)
    offset = mean_image - slope * mean_guide
    return torch.cat([box_mean(slope, radius), box_mean(offset, radius)], 1)


def box_mean(image: Tensor, radius: int) -> Tensor:
    """Mean over ``2 radius + 1`` pixels in both directions, of those that exist; (..., H, W)."""
    return _sums_of_few(image, radius) if radius <= FEW else _means_of_many(image, radius)


def _sums_of_few(image: Tensor, radius: int) -> Tensor:
    """Shifted additions, which for some pixels are many times faster than running sums."""
    for dim in (-1, -2):
        size = image.shape[dim]
        sums, counts = image.clone(), image.new_ones(size)
        for distance in range(1, min(radius, size - 1) + 1):
            length = size - distance
            sums.narrow(dim, 0, length).add_(image.narrow(dim, distance, length))
            sums.narrow(dim, distance, length).add_(image.narrow(dim, 0, length))
            counts[:length] += 1
            counts[distance:] += 1
        image = sums / (counts if dim == -1 else counts[:, None])
    return image


def _means_of_many(image: Tensor, radius: int) -> Tensor:
    for dim in (-1, -2):
        size = image.shape[dim]
        position = torch.arange(size, device=image.device)
        first = (position - radius).clamp_min(0)
        last = (position + radius).clamp_max(size - 1)
        # Running sums of many values are long numbers.
        sums = image.cumsum(dim, dtype=torch.float64)
        sums = torch.cat([torch.zeros_like(sums.narrow(dim, 0, 1)), sums], dim)
        total = sums.index_select(dim, last + 1) - sums.index_select(dim, first)
        count = (last + 1 - first).double()
        image = (total / (count if dim == -1 else count[:, None])).to(image.dtype)
    return image
