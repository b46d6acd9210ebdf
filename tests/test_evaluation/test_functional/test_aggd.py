from __future__ import annotations

import math

import numpy as np
import pytest

from mmenlighten.evaluation.functional.aggd import SHAPES, fit_aggd


def slow_fit(row: np.ndarray) -> tuple[float, float, float, float]:
    """The formulas of the moment fit, for one row."""
    ratios = np.array(
        [math.gamma(2 / s) ** 2 / (math.gamma(1 / s) * math.gamma(3 / s)) for s in SHAPES]
    )
    left = math.sqrt((row[row < 0] ** 2).mean())
    right = math.sqrt((row[row > 0] ** 2).mean())
    balance = left / right
    ratio = np.abs(row).mean() ** 2 / (row**2).mean()
    ratio *= (balance**3 + 1) * (balance + 1) / (balance**2 + 1) ** 2
    shape = SHAPES[np.argmin((ratios - ratio) ** 2)]
    scale = math.sqrt(math.gamma(1 / shape) / math.gamma(3 / shape))
    mean = (right - left) * scale * math.gamma(2 / shape) / math.gamma(1 / shape)
    return shape, mean, left * scale, right * scale


@pytest.mark.parametrize('power', [0.5, 1, 3])
def test_agrees_with_the_formulas(power: float) -> None:
    normal = np.random.default_rng(0).normal(0.2, 1, (5, 400))
    samples = np.sign(normal) * np.abs(normal) ** power
    samples[0, :50] = 0  # zeros belong to neither side
    fitted = np.stack(fit_aggd(samples), axis=1)
    assert fitted == pytest.approx(np.array([slow_fit(row) for row in samples]), rel=1e-9)


def test_finds_the_shape_of_known_distributions() -> None:
    random = np.random.default_rng(0)
    samples = np.stack([random.normal(0, 2, 100_000), random.laplace(0, 2, 100_000)])
    shape, mean, left, right = fit_aggd(samples)
    assert shape == pytest.approx([2, 1], rel=0.02)
    assert mean == pytest.approx([0, 0], abs=0.05)
    # In the density exp(-(|x| / scale)^shape): 2 sqrt(2) and 2.
    assert left == pytest.approx([2 * math.sqrt(2), 2], rel=0.03)
    assert right == pytest.approx([2 * math.sqrt(2), 2], rel=0.03)


def test_a_row_with_an_empty_side_has_no_scales() -> None:
    shape, mean, left, right = fit_aggd(np.array([[0.0, 0, 0], [1, 2, 3], [-1, 0, 2]]))
    assert np.isnan(left).tolist() == [True, True, False]
    assert np.isnan(right).tolist() == [True, False, False]
    assert np.isnan(mean).tolist() == [True, True, False]
    assert shape[0] == SHAPES[0]
