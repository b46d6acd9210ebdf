"""A small Gaussian blur with black beyond the borders, as MATLAB's ``conv2`` has it."""

from __future__ import annotations

import math

from torch import Tensor


def zero_padded_blur(image: Tensor, sigma: float, radius: int, normalized: bool = True) -> Tensor:
    """``G_sigma * x`` with ``2 radius + 1`` taps in both directions, one after the other.

    For a few taps, shifted additions are faster than a convolution of one channel.

    Args:
        image: (..., H, W).
        sigma: Standard deviation in pixels.
        radius: Taps on each side of the centre.
        normalized: Whether the taps sum to 1, or the middle one is 1.
    """
    taps = [math.exp(-(k**2) / (2 * sigma**2)) for k in range(radius + 1)]
    if normalized:
        total = taps[0] + 2 * sum(taps[1:])
        taps = [tap / total for tap in taps]
    for dim in (-1, -2):
        size = image.shape[dim]
        blurred = image * taps[0]
        for distance, tap in enumerate(taps[1 : min(radius, size - 1) + 1], 1):
            length = size - distance
            blurred.narrow(dim, 0, length).add_(image.narrow(dim, distance, length), alpha=tap)
            blurred.narrow(dim, distance, length).add_(image.narrow(dim, 0, length), alpha=tap)
        image = blurred
    return image
