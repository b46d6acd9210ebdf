"""The tone curve under which merged exposures are compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .srgb import Array

MU = 5000.0
"""Of Kalantari and Ramamoorthi (2017), and of all who compare with them."""


def mu_law(light: Array, mu: float = MU) -> Array:
    """log(1 + mu x) / log(1 + mu): compresses linear light in [0, 1] to values in [0, 1].

    Args:
        light: Not below 0; larger values than 1 become larger than 1.
        mu: Steepness; 5000 is near what viewers of HDR pictures show.
    """
    lifted: Any = 1 + mu * light
    # Tensors have a method for it, arrays have none.
    curve = lifted.log() if hasattr(lifted, 'log') else np.log(lifted)
    return curve / math.log(1 + mu)
