"""Histograms, tables and quantiles of many planes at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.models.classical.operators.histogram import (
    count_levels,
    look_up,
    order_statistics,
    quantiles,
    stretch_limits,
)


@pytest.mark.parametrize('dtype', [torch.uint8, torch.int32, torch.int64])
@pytest.mark.parametrize('rows', [1, 3])
def test_counts(rows: int, dtype: torch.dtype) -> None:
    levels = torch.from_numpy(np.random.default_rng(0).integers(0, 200, (rows, 1000))).to(dtype)
    expected = [np.bincount(row, minlength=256) for row in levels.numpy()]
    assert np.array_equal(count_levels(levels, 256).numpy(), expected)


def test_table_gives_its_entries_and_lines_between_them() -> None:
    tables = torch.tensor([[0.0, 10, 30], [5, 6, 7]])
    levels = torch.tensor([[0, 0.5, 1, 1.25, 2], [2, 1.5, 1, 0.5, 0]])
    expected = torch.tensor([[0, 5, 10, 15, 30], [7, 6.5, 6, 5.5, 5]])
    torch.testing.assert_close(look_up(tables, levels), expected)


CASES = {
    'even': np.random.default_rng(0).uniform(-3, 7, (2, 5000)),
    'few values': np.random.default_rng(0).integers(0, 3, (2, 5000)).astype(float),
    'far out': np.r_[np.random.default_rng(0).normal(0, 1, 4999), 1e9][None],
    'constant': np.full((1, 100), 0.3),
    'one': np.array([[4.0]]),
    'two': np.array([[4.0, 1.0]]),
}


@pytest.mark.parametrize('name', CASES)
def test_order_statistics_are_those_of_sorting(name: str) -> None:
    values = CASES[name]
    last = values.shape[1] - 1
    ranks = [0, last // 3, last, last // 2]
    found = order_statistics(torch.from_numpy(values), ranks).numpy()
    assert np.array_equal(found, np.sort(values, axis=1)[:, ranks])


@pytest.mark.parametrize('name', CASES)
def test_quantiles_are_those_of_numpy(name: str) -> None:
    values = CASES[name]
    fractions = [0.01, 0.5, 0.99, 0, 1]
    found = quantiles(torch.from_numpy(values), fractions).numpy()
    np.testing.assert_allclose(found, np.quantile(values, fractions, axis=1).T, rtol=1e-12)


def test_stretch_limits_cut_a_share_at_each_end() -> None:
    levels = np.repeat([0, 10, 100, 200, 255], [5, 20, 900, 70, 5])
    limits = stretch_limits(torch.from_numpy(levels[None] / 255), 0.01)
    np.testing.assert_allclose(limits.numpy(), [[10 / 255, 200 / 255]])


def test_stretch_limits_of_one_level_are_the_whole_range() -> None:
    assert stretch_limits(torch.full((1, 9), 0.5), 0.01).tolist() == [[0, 1]]
