"""How bright the wanted picture is."""

from __future__ import annotations

import numpy as np

WANTED_MEAN = 0.50
"""Mean luma that pictures are drawn towards."""

KEPT_DEVIATION = 0.35
"""Share of a picture's own distance from it that stays: a night stays darker than a beach."""

LEAST_GAMMA, MOST_GAMMA = 0.5, 1.25


def draw_gamma(mean: float, random: np.random.Generator) -> float:
    """The gamma that draws the mean luma of a photograph towards the middle.

    ``gamma = log(goal) / log(mean)``, bounded, with
    ``goal = 0.50 + 0.35 (mean - 0.50) + N(0, 0.03)`` within [0.30, 0.72].

    Args:
        mean: Mean luma of the sRGB values, in [0, 1].
        random: Source of the chance.
    """
    goal = WANTED_MEAN + KEPT_DEVIATION * (mean - WANTED_MEAN) + random.normal(0, 0.03)
    if mean < 0.02:  # nothing is seen, and no curve makes it visible
        return 1.0
    gamma = np.log(np.clip(goal, 0.30, 0.72)) / np.log(min(mean, 0.95))
    return float(np.clip(gamma, LEAST_GAMMA, MOST_GAMMA))
