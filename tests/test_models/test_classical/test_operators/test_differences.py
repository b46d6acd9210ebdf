"""Differences and their adjoints."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.classical.operators.differences import (
    adjoint_differences,
    forward_differences,
    shrink,
    strong_changes,
)


@pytest.mark.parametrize('boundary', ['neumann', 'periodic'])
@pytest.mark.parametrize('size', [(32, 48), (7, 5), (1, 6), (6, 1), (1, 1)])
def test_adjoint(boundary: str, size: tuple[int, int]) -> None:
    random = torch.Generator().manual_seed(0)
    image, u, v = torch.rand(3, 2, *size, generator=random, dtype=torch.float64)
    horizontal, vertical = forward_differences(image, boundary)
    expected = (horizontal * u + vertical * v).sum()
    torch.testing.assert_close((image * adjoint_differences(u, v, boundary)).sum(), expected)


def test_values() -> None:
    image = torch.tensor([[1.0, 4.0], [9.0, 16.0]])
    horizontal, vertical = forward_differences(image)
    assert horizontal.tolist() == [[3, 0], [7, 0]]
    assert vertical.tolist() == [[8, 12], [0, 0]]
    horizontal, vertical = forward_differences(image, 'periodic')
    assert horizontal.tolist() == [[3, -3], [7, -7]]
    assert vertical.tolist() == [[8, 12], [-8, -12]]


def test_shrink() -> None:
    values = torch.tensor([-3.0, -0.5, 0.0, 0.5, 3.0])
    assert shrink(values, 1.0).tolist() == [-2, 0, 0, 0, 2]
    assert shrink(values, torch.full((5,), 2.0)).tolist() == [-1, 0, 0, 0, 1]


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_levels_at_the_threshold_are_strong(dtype: torch.dtype) -> None:
    low = torch.arange(240).to(dtype) / 255
    change = (torch.arange(240).to(dtype) + 10) / 255 - low
    (strong,) = strong_changes([change], 10 / 255, 2)
    torch.testing.assert_close(strong, 2 * change)
    (weak,) = strong_changes([change], 10.1 / 255, 2)
    assert not weak.any()
