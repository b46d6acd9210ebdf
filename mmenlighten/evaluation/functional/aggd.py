"""Moment fits of asymmetric generalised Gaussian distributions, many at once."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

SHAPES = np.arange(0.2, 10.001, 0.001)
"""Shape parameters tried; the grid of the original code, whose figures depend on it."""


def gamma_function(x: np.ndarray) -> np.ndarray:
    """Euler's gamma function."""
    return np.array([math.gamma(value) for value in np.ravel(x)]).reshape(np.shape(x))


@cache
def shape_tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By shape: ratio of moments, standard deviation to scale, and mean in scales."""
    one, two, three = (gamma_function(factor / SHAPES) for factor in (1, 2, 3))
    return two**2 / (one * three), np.sqrt(one / three), two / one


def fit_aggd(samples: np.ndarray) -> tuple[np.ndarray, ...]:
    """Fits the distribution of Lasmar et al. (2009) to each row by its moments.

    Args:
        samples: (N, M) float.

    Returns:
        Shape, mean, scale of the left and of the right side, each (N,). Where a row has no value
        on one side, scales and mean are NaN and the shape is the smallest.
    """
    count = samples.shape[1]
    negative = np.minimum(samples, 0)
    left_count = np.count_nonzero(negative, axis=1)
    right_count = np.count_nonzero(samples, axis=1) - left_count
    left_squares = np.einsum('ij,ij->i', negative, negative)
    squares = np.einsum('ij,ij->i', samples, samples)
    absolute = samples.sum(axis=1) - 2 * negative.sum(axis=1)
    with np.errstate(divide='ignore', invalid='ignore'):
        left = np.sqrt(left_squares / left_count)
        right = np.sqrt(np.maximum(squares - left_squares, 0) / right_count)
        balance = left / right
        moments = (absolute / count) ** 2 / (squares / count)
        moments *= (balance**3 + 1) * (balance + 1) / (balance**2 + 1) ** 2
    ratios, deviations, means = shape_tables()
    # The ratios rise with the shape: the nearest one is one of two neighbours.
    above = np.searchsorted(ratios, moments).clip(1, len(ratios) - 1)
    index = np.where(moments - ratios[above - 1] <= ratios[above] - moments, above - 1, above)
    index[np.isnan(moments)] = 0
    left, right = left * deviations[index], right * deviations[index]
    return SHAPES[index], (right - left) * means[index], left, right
