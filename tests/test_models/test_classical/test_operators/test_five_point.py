"""The five-point operator against sparse matrices."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.classical.operators import strips
from mmenlighten.models.classical.operators.differences import (
    adjoint_differences,
    forward_differences,
)
from mmenlighten.models.classical.operators.five_point import FivePoint

from .five_point_systems import random_system, sparse_matrices

SIZES = [(32, 48), (17, 9), (2, 3), (1, 5), (5, 1), (1, 1)]


@pytest.mark.parametrize('pixels', [2**17, 60])
@pytest.mark.parametrize('size', SIZES)
def test_product(size: tuple[int, int], pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, 'PIXELS_OF_STRIP', pixels)
    identity, horizontal, vertical, values = random_system(3, *size)
    product = FivePoint(identity, horizontal, vertical)(values.flatten(1))
    changes = forward_differences(values)
    expected = identity * values + adjoint_differences(
        horizontal * changes[0], vertical * changes[1]
    )
    torch.testing.assert_close(product, expected.flatten(1))


def test_diagonal_is_that_of_the_matrix() -> None:
    identity, horizontal, vertical, _ = random_system(2, 6, 7)
    diagonal = FivePoint(identity, horizontal, vertical).diagonal
    for one, matrix in zip(diagonal, sparse_matrices(identity, horizontal, vertical)):
        torch.testing.assert_close(one.flatten(), torch.from_numpy(matrix.diagonal()))


def test_arguments_stay() -> None:
    identity, horizontal, vertical, values = random_system(1, 6, 7)
    before = horizontal.clone(), values.clone()
    FivePoint(identity, horizontal, vertical)(values.flatten(1))
    assert torch.equal(horizontal, before[0])
    assert torch.equal(values, before[1])


@pytest.mark.parametrize('pixels', [1, 40, 400, 10**6])
@pytest.mark.parametrize('size', [(3, 31, 9), (5, 4, 4), (1, 1, 50)])
def test_strips_cover_all_rows_once(
    size: tuple[int, int, int], pixels: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, 'PIXELS_OF_STRIP', pixels)
    found = strips.split_strips(*size, torch.device('cpu'))
    rows = [row for strip in found for row in range(strip.first_row, strip.last_row)]
    assert rows == list(range(size[0] * size[1]))
    assert all(strip.first % 2 == 0 for strip in found)
