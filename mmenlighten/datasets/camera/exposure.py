"""How bright the wanted picture is."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.srgb import luma_of

WANTED_MEAN = 0.50
"""Mean luma that pictures are drawn towards."""

KEPT_DEVIATION = 0.35
"""Share of a picture's own distance from it that stays: a night stays darker than a beach."""

LEAST_GAMMA, MOST_GAMMA = 0.5, 1.25


def draw_to_normal_exposure(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draws the mean luma of a photograph towards the middle by a gamma curve.

    ``gamma = log(goal) / log(mean)``, bounded, with
    ``goal = 0.50 + 0.35 (mean - 0.50) + N(0, 0.03)`` within [0.30, 0.72].

    Args:
        image: RGB (H, W, 3), float32, sRGB in [0, 1].
        random: Source of the chance.

    Returns:
        The same kind of array.
    """
    mean = float(luma_of(image).mean())
    goal = WANTED_MEAN + KEPT_DEVIATION * (mean - WANTED_MEAN) + random.normal(0, 0.03)
    if mean < 0.02:  # nothing is seen, and no curve makes it visible
        return image
    gamma = np.log(np.clip(goal, 0.30, 0.72)) / np.log(min(mean, 0.95))
    return image ** np.float32(np.clip(gamma, LEAST_GAMMA, MOST_GAMMA))
