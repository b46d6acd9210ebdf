"""The model of light in haze: images are mixtures of a scene and of scattered light."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def compose(scene: Tensor, transmission: Tensor, light: Tensor) -> Tensor:
    """The hazy image ``I = J t + A (1 - t)``.

    Args:
        scene: J, RGB (N, 3, H, W) in [0, 1].
        transmission: t, the share of the scene's light that arrives, (N, 1, H, W) in [0, 1].
        light: A, the scattered light, (N, 3, 1, 1) in [0, 1].
    """
    return scene * transmission + light * (1 - transmission)


def invert(hazy: Tensor, transmission: Tensor, light: Tensor, least: float = 0.1) -> Tensor:
    """The scene ``J = (I - A (1 - t)) / t``, clamped to [0, 1].

    Args:
        hazy: I, RGB (N, 3, H, W) in [0, 1].
        transmission: As for :func:`compose`.
        light: As for :func:`compose`.
        least: Smallest t: where nothing of the scene arrives, noise alone would be amplified.
    """
    transmission = transmission.clamp(min=least)
    return ((hazy - light * (1 - transmission)) / transmission).clamp(0, 1)


def brightest(light_map: Tensor) -> Tensor:
    """One light for an image (N, C, 1, 1): the largest value of each channel (N, C, H, W)."""
    return light_map.amax(dim=(2, 3), keepdim=True)


def guided_filter(image: Tensor, guide: Tensor, radius: int, epsilon: float = 1e-3) -> Tensor:
    """Smooths an image (N, 1, H, W) except at edges of a guide of the same shape (He et al., 2010).

    Within each window the result is a linear function of the guide, ``a * guide + b``.

    Args:
        image: What is smoothed.
        guide: Whose edges are kept, in [0, 1].
        radius: Of the square windows in pixels.
        epsilon: Variance of the guide below which a window counts as flat.
    """

    def mean(values: Tensor) -> Tensor:
        for kernel, padding in (
            ((2 * radius + 1, 1), (radius, 0)),
            ((1, 2 * radius + 1), (0, radius)),
        ):
            values = F.avg_pool2d(values, kernel, 1, padding, count_include_pad=False)
        return values

    mean_image, mean_guide = mean(image), mean(guide)
    covariance = mean(image * guide) - mean_image * mean_guide
    slope = covariance / (mean(guide**2) - mean_guide**2 + epsilon)
    return mean(slope) * guide + mean(mean_image - slope * mean_guide)
