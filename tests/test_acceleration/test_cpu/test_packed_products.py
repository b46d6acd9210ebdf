from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import Tensor

from mmenlighten.acceleration.cpu import packed_weights
from mmenlighten.acceleration.cpu.packed_products import PackedProducts
from mmenlighten.acceleration.cpu.packed_weights import KEPT_ORDERS

MATRICES = torch.randn(3, 8, 16, generator=torch.Generator().manual_seed(0))
"""(G, C', C)"""


def make() -> Tensor:
    return MATRICES


def expected(values: Tensor) -> Tensor:
    return torch.einsum('rgc,gdc->rgd', values.double(), MATRICES.double())


@pytest.mark.parametrize('is_packed', [True, False])
def test_products(is_packed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_packed:
        monkeypatch.setattr(packed_weights, 'HAS_PACKED_WEIGHTS', False)
    multiply, bias = PackedProducts(make, 3), torch.arange(24.0)
    for rows in (5, 70, 5):
        values = torch.randn(rows, 3, 16)
        assert (multiply(values, None) - expected(values)).abs().max() < 1e-4
        shifted = expected(values) + bias.view(3, 8)
        assert (multiply(values, bias) - shifted).abs().max() < 1e-4


def test_products_in_float64() -> None:
    multiply, values = PackedProducts(lambda: MATRICES.double(), 3), torch.randn(5, 3, 16).double()
    torch.testing.assert_close(multiply(values, None), expected(values), rtol=0, atol=1e-12)


def test_orders_of_the_last_numbers_of_rows_are_kept() -> None:
    made = []

    def counted() -> Tensor:
        made.append(1)
        return MATRICES

    multiply = PackedProducts(counted, 3)
    for rows in (5, 6, 5, 6, 5):
        multiply(torch.randn(rows, 3, 16), None)
    assert len(made) == KEPT_ORDERS == 2
    for rows in (7, 6, 7):  # the oldest is gone
        multiply(torch.randn(rows, 3, 16), None)
    assert len(made) == 3


def test_copies_make_their_own() -> None:
    multiply, values = PackedProducts(make, 3), torch.randn(5, 3, 16)
    result = multiply(values, None)
    for other in (copy.deepcopy(multiply), pickle.loads(pickle.dumps(multiply))):
        assert torch.equal(other(values, None), result)
