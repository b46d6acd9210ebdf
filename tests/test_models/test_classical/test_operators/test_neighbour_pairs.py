"""Pairs of levels of pixels and their neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.models.classical.operators import neighbour_pairs
from mmenlighten.models.classical.operators.neighbour_pairs import (
    count_pairs,
    weighted_neighbours,
)

CASES = [(9, 11, 2), (1, 1, 3), (2, 7, 4), (6, 1, 1), (5, 5, 0)]


def plain_pairs(levels: np.ndarray, radius: int) -> list[tuple[int, int, int, int]]:
    """Row, column, level and level of the neighbour of all pairs."""
    padded = np.pad(levels, radius, mode='symmetric')
    return [
        (y, x, int(levels[y, x]), int(padded[y + down, x + right]))
        for y in range(levels.shape[0])
        for x in range(levels.shape[1])
        for down in range(2 * radius + 1)
        for right in range(2 * radius + 1)
    ]


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> tuple[np.ndarray, int]:
    height, width, radius = request.param
    return np.random.default_rng(0).integers(0, 6, (height, width), dtype=np.int32), radius


@pytest.mark.parametrize('piece', [7, 1 << 16])
def test_counts(case: tuple[np.ndarray, int], piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour_pairs, 'CPU_PIECE', piece)
    levels, radius = case
    expected = np.zeros((6, 6), int)
    for _, _, level, neighbour in plain_pairs(levels, radius):
        expected[level, neighbour] += 1
    assert np.array_equal(count_pairs(torch.from_numpy(levels), radius, 6).numpy(), expected)


@pytest.mark.parametrize('piece', [7, 1 << 16])
def test_weighted_means(
    case: tuple[np.ndarray, int], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbour_pairs, 'CPU_PIECE', piece)
    levels, radius = case
    weights = np.random.default_rng(1).uniform(0.1, 1, (6, 6)).astype(np.float32)
    total, weighted = np.zeros(levels.shape), np.zeros(levels.shape)
    for y, x, level, neighbour in plain_pairs(levels, radius):
        total[y, x] += weights[level, neighbour]
        weighted[y, x] += weights[level, neighbour] * neighbour
    found = weighted_neighbours(torch.from_numpy(levels), torch.from_numpy(weights), radius)
    np.testing.assert_allclose(found.numpy(), weighted / total, rtol=1e-5)
