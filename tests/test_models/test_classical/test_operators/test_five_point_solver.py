"""Five-point systems against a direct solver, and their gradients."""

from __future__ import annotations

import pytest
import torch
from scipy.sparse.linalg import spsolve
from torch import Tensor

from mmenlighten.models.classical.operators.five_point_solver import FivePointSolver

from .five_point_systems import random_system, sparse_matrices


def solver_of(
    identity: Tensor, horizontal: Tensor, vertical: Tensor, tolerance: float = 1e-3
) -> FivePointSolver:
    return FivePointSolver(identity, [horizontal, vertical], tolerance)


@pytest.mark.parametrize('size', [(32, 48), (31, 45), (1, 40), (40, 1), (2, 2), (1, 1)])
def test_solution_is_the_direct_one(size: tuple[int, int]) -> None:
    *coefficients, rhs = random_system(3, *size)
    solution = solver_of(*coefficients, tolerance=1e-10).solve(rhs)
    for one, b, matrix in zip(solution, rhs, sparse_matrices(*coefficients)):
        direct = torch.from_numpy(spsolve(matrix, b.numpy().ravel()))
        assert (one.flatten() - direct).abs().max() < 1e-6


def test_float32_is_close_to_float64() -> None:
    *coefficients, rhs = random_system(1, 32, 48)
    precise = solver_of(*coefficients, tolerance=1e-10).solve(rhs)
    coarse = solver_of(*(part.float() for part in coefficients), tolerance=1e-5)
    assert (coarse.solve(rhs.float()) - precise).abs().max() < 1e-3


def test_batch_gives_what_its_pictures_give() -> None:
    *coefficients, rhs = random_system(3, 24, 31)
    together = solver_of(*coefficients, tolerance=1e-3).solve(rhs, rhs)
    for n in range(3):
        solver = solver_of(*(part[n : n + 1] for part in coefficients), tolerance=1e-3)
        alone = solver.solve(rhs[n : n + 1], rhs[n : n + 1])
        torch.testing.assert_close(together[n : n + 1], alone, rtol=0, atol=1e-6)


def test_a_good_start_needs_no_iteration() -> None:
    *coefficients, rhs = random_system(1, 16, 20)
    solver = solver_of(*coefficients, tolerance=1e-6)
    solution = solver.solve(rhs)
    assert solver.solve_in_detail(rhs, solution).iterations.tolist() == [0]


def test_gradients_are_those_of_the_solution() -> None:
    inputs = [part.requires_grad_() for part in random_system(1, 5, 4, contrast=1)]

    def solve(*parts: Tensor) -> Tensor:
        return solver_of(*parts[:3], tolerance=1e-13).solve(parts[3])

    assert torch.autograd.gradcheck(solve, inputs, atol=1e-6)


@pytest.mark.parametrize('value', [0.0, 0.5])
def test_nothing_on_the_diagonal_is_taken(value: float) -> None:
    zeros, ones = torch.zeros(1, 9, 20), torch.ones(1, 9, 20)
    solver = solver_of(zeros, ones, ones)
    assert solver.solve(zeros, torch.full_like(ones, value)).isfinite().all()
    assert solver_of(zeros, zeros, zeros).solve(zeros).abs().max() == 0
