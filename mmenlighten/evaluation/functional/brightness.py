"""How bright a picture is."""

from __future__ import annotations

import numpy as np

from mmenlighten.utils.tensor_image import LUMINANCE_WEIGHTS


def mean_brightness(image: np.ndarray) -> float:
    """Mean luma (ITU-R BT.601, full range) over all pixels, in [0, 255].

    Neither high nor low is better: compare it with that of normal-light pictures.

    Args:
        image: uint8 RGB (H, W, 3).
    """
    return float(image.reshape(-1, 3).mean(axis=0) @ np.array(LUMINANCE_WEIGHTS))
