"""What a few pictures allow to say: means with their uncertainty, and paired comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

SEED = 0
RESAMPLES = 10_000
EXACT_LIMIT = 16
"""Up to so many pairs all 2^n changes of sign are tried, beyond that ``RESAMPLES`` random ones."""

_CHUNK = 1_000_000  # numbers drawn at a time: memory does not grow with the number of pictures


class Summary(NamedTuple):
    """Mean of a sample and how sure it is; what needs more values than there are is None."""

    mean: float
    std: float | None
    ci95: tuple[float, float] | None
    n: int


def summarize(values: Sequence[float]) -> Summary:
    """Mean, standard deviation (of the sample: n - 1) and 95 % bootstrap interval of the mean.

    The interval is that between the percentiles 2.5 and 97.5 of the means of :data:`RESAMPLES`
    samples drawn from the values with replacement; the seed is fixed.

    Args:
        values: At least one, all finite. Their order matters to the last digits of the interval.
    """
    array = np.asarray(values, np.float64)
    mean = float(array.mean())
    if array.size == 1:
        return Summary(mean, None, None, 1)
    low, high = np.percentile(_bootstrap_means(array), (2.5, 97.5))
    return Summary(mean, float(array.std(ddof=1)), (float(low), float(high)), array.size)


def sign_flip_p_value(differences: Sequence[float]) -> float:
    """Two-sided p-value of a paired permutation test on the mean difference.

    If neither of two methods were better, each difference could as well have the other sign. The
    value is the share of such changes of sign whose mean is at least as far from zero as the
    observed one: of all 2^n where n is at most :data:`EXACT_LIMIT`, else of :data:`RESAMPLES`
    random ones (fixed seed), where the observed one counts as one more.

    Args:
        differences: At least one, all finite.
    """
    array = np.asarray(differences, np.float64)
    n = array.size
    # Sums of the same numbers in another order may differ in the last digits.
    threshold = abs(array.sum()) - 1e-12 * np.abs(array).sum()
    if n <= EXACT_LIMIT:
        numbers = np.arange(2**n)[:, None]
        signs = 1.0 - 2.0 * (numbers >> np.arange(n) & 1)
        return float(np.mean(np.abs(signs @ array) >= threshold))
    random, extreme = np.random.default_rng(SEED), 0
    for count in _chunks(n):
        signs = 1.0 - 2.0 * random.integers(0, 2, (count, n), np.int8)
        extreme += int(np.count_nonzero(np.abs(signs @ array) >= threshold))
    return (extreme + 1) / (RESAMPLES + 1)


def _bootstrap_means(array: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(SEED)
    means = [
        array[random.integers(0, array.size, (count, array.size))].mean(axis=1)
        for count in _chunks(array.size)
    ]
    return np.concatenate(means)


def _chunks(n: int) -> list[int]:
    """Divides the resamples of n values each into parts that fit into memory."""
    size = max(1, _CHUNK // n)
    return [min(size, RESAMPLES - done) for done in range(0, RESAMPLES, size)]
