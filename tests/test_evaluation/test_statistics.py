"""Intervals and p-values agree with SciPy's, where it computes the same."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
import scipy.stats

from mmenlighten.evaluation import statistics
from mmenlighten.evaluation.statistics import RESAMPLES, sign_flip_p_value, summarize


def normal(count: int, mean: float = 0, seed: int = 1) -> list[float]:
    return np.random.default_rng(seed).normal(mean, 3, count).tolist()


def test_mean_and_deviation_of_the_sample() -> None:
    summary = summarize([1.0, 2.0, 6.0])
    assert summary.mean == 3
    assert summary.std == pytest.approx(math.sqrt((4 + 1 + 9) / 2), rel=1e-14)
    assert summary.n == 3


def test_interval_is_that_of_scipy() -> None:
    values = normal(15, mean=17)
    expected = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=100_000, method='percentile', rng=np.random.default_rng(2)
    ).confidence_interval
    # Two runs of 10 000 resamples differ by about a hundredth of the interval.
    assert summarize(values).ci95 == pytest.approx(tuple(expected), abs=0.05)


def test_interval_is_always_the_same_and_moves_with_the_values() -> None:
    values = normal(9)
    low, high = summarize(values).ci95 or (0, 0)
    assert summarize(values).ci95 == (low, high)
    moved = summarize([value + 5 for value in values]).ci95
    assert moved == pytest.approx((low + 5, high + 5), rel=1e-12)


def test_interval_covers_the_true_mean_about_as_often_as_it_says(monkeypatch) -> None:
    monkeypatch.setattr(statistics, 'RESAMPLES', 500)
    hits = 0
    for seed in range(200):
        low, high = summarize(normal(50, mean=2, seed=seed)).ci95 or (0, 0)
        hits += low <= 2 <= high
    assert 0.90 <= hits / 200 <= 0.98


def test_one_value_has_neither_deviation_nor_interval() -> None:
    assert summarize([4.0]) == (4.0, None, None, 1)


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert summarize([4.0] * 5) == (4.0, 0.0, (4.0, 4.0), 5)


def test_chunks_change_nothing_and_bound_the_memory(monkeypatch) -> None:
    values = normal(1000)
    whole = summarize(values), sign_flip_p_value(values)
    monkeypatch.setattr(statistics, '_CHUNK', 100_000)
    tracemalloc.start()
    assert (summarize(values), sign_flip_p_value(values)) == whole
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6  # 10 000 samples of 1000 would be 80 MB
    assert sum(statistics._chunks(7)) == sum(statistics._chunks(10**9)) == RESAMPLES


def test_p_value_by_hand() -> None:
    assert sign_flip_p_value([1.0, 2.0, 3.0]) == 2 / 8  # all plus and all minus
    assert sign_flip_p_value([3.0, -3.0]) == 1
    assert sign_flip_p_value([0.0, 0.0]) == 1
    assert sign_flip_p_value([2.0]) == 1
    # 0.1 + 0.2 - 0.3 is not quite zero in any order of the sum.
    assert sign_flip_p_value([0.1, 0.2, -0.3]) == 1


@pytest.mark.parametrize('count', [5, 12, 40])
@pytest.mark.parametrize('mean', [0, 1.5])
def test_p_value_is_that_of_scipy(count: int, mean: float) -> None:
    differences = normal(count, mean)
    p_value = sign_flip_p_value(differences)
    expected = scipy.stats.permutation_test(
        (differences,),
        np.mean,
        permutation_type='samples',
        vectorized=True,
        n_resamples=20_000,
        rng=np.random.default_rng(3),
    ).pvalue
    exact = count <= statistics.EXACT_LIMIT
    assert p_value == pytest.approx(expected, abs=1e-12 if exact else 0.015)
    assert sign_flip_p_value([-value for value in differences]) == pytest.approx(p_value, abs=0.01)


def test_random_changes_of_sign_never_give_zero() -> None:
    assert sign_flip_p_value([1.0] * 40) == 1 / (RESAMPLES + 1)
