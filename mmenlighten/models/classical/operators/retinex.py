"""What the Retinex methods share: lightness relative to the surroundings, and its display."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .gaussian_blur import Border, blur_samples
from .histogram import quantiles
from .strips import map_rows, pieces

LEAST_RANGE = 1e-4
"""A plane whose logarithms differ by less has no detail: a step of 16 bits is more, where dark."""


def to_positive(image: Tensor) -> Tensor:
    """``x = 255 I + 1``, of which Retinex methods take the logarithm."""
    return (image * 255).add_(1)


def log_ratio(
    image: Tensor,
    sigmas: Sequence[float],
    border: Border = 'mirror',
    truncate: float = 4.0,
    offset: float = 0.0,
) -> Tensor:
    """Retinex: the mean over scales of ``log x - log(G_sigma * x + offset)`` with x = 255 I + 1.

    Args:
        image: I in [0, 1], (N, C, H, W).
        sigmas: Standard deviations of the Gaussians G in pixels.
        border: See :func:`.gaussian_blur.gaussian_blur`; not ``'zeros'``.
        truncate: As for :func:`.gaussian_blur.gaussian_blur`.
        offset: Is added to the surroundings.

    Returns:
        The same shape and type.
    """
    blurred = [blur_samples(image, sigma, border, truncate) for sigma in sigmas]
    result = None if image.requires_grad else torch.empty_like(image)
    parts = []
    for rows in pieces(image.device, image.shape[2], image[:, :, 0].numel()):
        logs: Tensor | float = 0.0
        for first in range(0, len(sigmas), 3):
            # One logarithm of a product: 257^3 is far from the end of float32.
            product: Tensor | float = 1.0
            for samples in blurred[first : first + 3]:
                surroundings = samples.rows(rows.start, rows.stop) * 255 + (1 + offset)
                product = surroundings * product
            logs = torch.as_tensor(product).log() + logs
        ratio = to_positive(image[:, :, rows]).log() - logs / len(sigmas)
        if result is None:
            parts.append(ratio)
        else:
            result[:, :, rows] = ratio
    return torch.cat(parts, 2) if result is None else result


def balance(values: Tensor, percent: float, fallback: Tensor) -> Tensor:
    """Stretches each plane so that ``percent`` of its pixels are cut at each end.

    The "simplest color balance" of Limare et al. (IPOL, 2011): the quantiles, linear between
    neighbours as ``numpy.quantile``, become 0 and 1. They are constants for gradients.

    Args:
        values: (N, C, H, W); their memory takes the result if no gradient is needed.
        percent: Share of the pixels at each end in percent, 0 to 50.
        fallback: What a plane becomes where all values are the same up to `LEAST_RANGE`.

    Returns:
        In [0, 1], the same shape and type.
    """
    tail = percent / 100
    limits = quantiles(values.flatten(0, 1).flatten(1), [tail, 1 - tail])
    low, high = limits.reshape(*values.shape[:2], 2, 1, 1).unbind(2)
    is_flat = high - low < LEAST_RANGE
    span = torch.where(is_flat, 1, high - low)
    stretched = map_rows(lambda part: (part - low).div_(span).clamp_(0, 1), values, out=values)
    return torch.where(is_flat, fallback, stretched) if is_flat.any() else stretched
