"""Controls of networks whose states hold log exponents of curves: how bright the result is."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from mmenlighten.utils.network_protocols import Network, NetworkTraits
from mmenlighten.utils.srgb import luma_of

from .pixels import computing_dtype
from .tiled_enhancement import enhance_tiled

SAMPLED_PIXELS = 2**15
"""Pixels of the image that are tried, about."""

MOST_BRIGHTNESS = 0.7
"""Where more is wanted: what is brighter loses its light parts to white."""

MOST_RISE = 2.0
"""Of log exponents beyond the network's own choice: dark light is multiplied by 7.4."""

LEAST_FALL = 0.5
"""As far as curves that do nothing may become darker."""

TOLERANCE = 0.005
"""Of the mean of luma; a level of 8 bits is 0.004."""

MOST_TRIALS = 10

USUAL_SLOPE = 0.25
"""Rise of the mean of luma with the shift, for the first guess."""

LEAST_SLOPE = 1e-3
"""Where it rises less, the next guess is an end of the range."""


def with_brightness(
    network: Network,
    traits: NetworkTraits,
    image: np.ndarray,
    grid: np.ndarray,
    brightness: float,
) -> np.ndarray:
    """Shifts a grid so that the result has a wanted mean of luma, as far as curves can do that.

    The shift is found by trial on few pixels, evenly spread. They are not averaged: a curve of
    means is not the mean of a curve.

    Both ends are such that something is to be seen: at 0 the curves do nothing in the mean, so
    that the image stays as dark as it was (darker, and what follows the curves would turn it
    gray), and at 1 it is as bright as `MOST_BRIGHTNESS` and `MOST_RISE` allow.

    Args:
        network: The network.
        traits: What is declared of it.
        image: RGB (H, W, 3): 8 or 16 bits, or floating point with white at 1; a memory map too.
        grid: What the network knows of the image (1, 3, bins, rows, columns).
        brightness: The wanted mean of luma of the result, in [0, 1].

    Returns:
        The grid with one number added to all of it.
    """
    brightness = min(brightness, MOST_BRIGHTNESS)
    sample = _sample(image)
    dtype = computing_dtype(image.dtype)
    values = np.empty(sample.shape, dtype)

    def excess(shift: float) -> float:
        enhance_tiled(network, sample, traits, values, state=grid + dtype(shift))
        return float(luma_of(np.clip(values, 0, 1)).mean()) - brightness

    return grid + dtype(_root(excess, -max(float(grid.mean()), LEAST_FALL), MOST_RISE))


def _sample(image: np.ndarray) -> np.ndarray:
    surplus = max(1, image.shape[0] * image.shape[1] // SAMPLED_PIXELS)
    step = math.isqrt(surplus)
    if step > min(image.shape[:2]):  # a line: it alone has pixels to leave out
        step = surplus
    rows, columns = (slice(min(step, size) // 2, None, step) for size in image.shape[:2])
    return np.ascontiguousarray(image[rows, columns])


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is 0; the end of the range if it is 0 nowhere in it."""
    shift, value, slope = 0.0, excess(0.0), USUAL_SLOPE
    tried = {shift}
    while abs(value) >= TOLERANCE and len(tried) < MOST_TRIALS:
        low, high = (low, shift) if value > 0 else (shift, high)
        if low == high:  # an end, and still too bright or too dark
            break
        following = min(max(shift - value / slope, low), high)
        if following in tried:
            following = (low + high) / 2
        value, last, shift = excess(following), (shift, value), following
        tried.add(shift)
        slope = max((value - last[1]) / (shift - last[0]), LEAST_SLOPE)
    return shift
