"""Conjugate gradients on dense matrices."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical.operators.conjugate_gradient import conjugate_gradient


def dense_systems(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(0)
    factors = torch.rand(3, 12, 12, generator=random, dtype=torch.float64)
    matrices = factors @ factors.mT + torch.diag_embed(torch.rand(3, 12, generator=random).double())
    return matrices.to(dtype), torch.rand(3, 12, generator=random, dtype=torch.float64).to(dtype)


@pytest.mark.parametrize(('dtype', 'tolerance'), [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_solution(dtype: torch.dtype, tolerance: float) -> None:
    matrices, rhs = dense_systems(dtype)
    start = torch.zeros_like(rhs)
    solution = conjugate_gradient(
        lambda x: (matrices @ x.unsqueeze(-1)).squeeze(-1), rhs, start, torch.clone, tolerance
    )
    rest = rhs - (matrices @ solution.values.unsqueeze(-1)).squeeze(-1)
    assert (rest.norm(dim=1) <= 3 * tolerance * rhs.norm(dim=1)).all()
    assert (solution.residuals <= tolerance).all()
    assert not start.any()


def test_each_system_stops_by_itself() -> None:
    scales = torch.tensor([[1.0], [2.0], [3.0]]).double()
    spread = torch.linspace(1, 50, 30, dtype=torch.float64)
    diagonals = torch.stack([torch.ones(30).double(), spread, torch.ones(30).double()])
    rhs = torch.rand(3, 30, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    rhs[2] = 0
    solution = conjugate_gradient(
        lambda x: scales * diagonals * x, rhs, torch.zeros_like(rhs), torch.clone, 1e-8
    )
    first, second, third = solution.iterations.tolist()
    assert first == 1
    assert second > 5
    assert third == 0
    torch.testing.assert_close(solution.values, rhs / scales / diagonals, rtol=1e-6, atol=1e-9)


def test_most_iterations() -> None:
    matrices, rhs = dense_systems(torch.float64)
    solution = conjugate_gradient(
        lambda x: (matrices @ x.unsqueeze(-1)).squeeze(-1),
        rhs,
        torch.zeros_like(rhs),
        torch.clone,
        1e-12,
        max_iterations=2,
    )
    assert solution.iterations.tolist() == [2, 2, 2]
    assert (solution.residuals > 1e-12).all()
