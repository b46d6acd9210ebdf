"""Shows linear light of any range as a picture of 8 bits."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS, linear_to_srgb

KEY = 0.18
"""What the mean of logarithms becomes: middle gray."""

LEAST = 1e-6
ROWS = 256
SAMPLES = 1_000_000
WHITE_PERCENTILE = 99.5


def preview_of(light: np.ndarray) -> np.ndarray:
    """The global operator of Reinhard et al. (2002): luminance L becomes L (1 + L / w^2) / (1 + L).

    L is scaled so that the scene has a middle gray, and w, which becomes white, is the brightest
    but for half a percent.

    Args:
        light: Linear RGB (H, W, 3), floating point.

    Returns:
        sRGB (H, W, 3), uint8.
    """
    weights = np.asarray(LUMINANCE_WEIGHTS, np.float32)
    step = max(1, int((light.shape[0] * light.shape[1] / SAMPLES) ** 0.5))
    sampled = (light[::step, ::step] @ weights).clip(LEAST)
    scale = KEY / float(np.exp(np.log(sampled).mean()))
    white = max(float(np.percentile(sampled, WHITE_PERCENTILE)) * scale, 1.0)
    result = np.empty(light.shape, np.uint8)
    for top in range(0, len(light), ROWS):
        rows = light[top : top + ROWS].clip(0) * np.float32(scale)
        luminance = (rows @ weights)[..., None]
        shown = rows * ((1 + luminance / white**2) / (1 + luminance))
        result[top : top + ROWS] = np.rint(linear_to_srgb(shown.clip(0, 1)) * 255)
    return result
