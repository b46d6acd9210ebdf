"""A simple model of a camera that takes the same picture with less light."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear


def darken_photograph(
    image: np.ndarray,
    exposure: float,
    rng: np.random.Generator,
    full_well: float = 10_000.0,
    read_noise: float = 5.0,
) -> np.ndarray:
    """Simulates a photograph of the same scene with less light.

    sRGB is turned into linear light, scaled by the exposure, counted in photoelectrons (shot
    noise: a Poisson variable, its variance equal to the signal), disturbed by the read-out
    (Gaussian), and turned back into 8-bit sRGB. Every channel of a pixel has its own noise.

    Args:
        image: The normal-light picture, uint8 RGB (H, W, 3).
        exposure: Share of the light that is left, above 0; 1/4 to 1/16 give low-light pictures.
        rng: Source of the noise.
        full_well: Photoelectrons of a pixel at white; the fewer, the more shot noise.
        read_noise: Standard deviation of the read-out noise in electrons.

    Returns:
        The low-light picture, uint8 RGB (H, W, 3).
    """
    if exposure <= 0:
        raise ValueError(f'exposure={exposure} must be positive.')
    electrons = srgb_to_linear(image / 255.0) * exposure * full_well
    counted = rng.poisson(electrons) + rng.normal(0.0, read_noise, image.shape)
    dark = linear_to_srgb(np.clip(counted / full_well, 0.0, 1.0))
    return np.rint(dark * 255.0).astype(np.uint8)
