"""The multigrid cycle as a preconditioner."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.classical.operators import strips
from mmenlighten.models.classical.operators.conjugate_gradient import conjugate_gradient
from mmenlighten.models.classical.operators.five_point import FivePoint
from mmenlighten.models.classical.operators.multigrid import Multigrid, coarsen

from .five_point_systems import random_system


def cycle_matrix(cycle: Multigrid, size: int) -> torch.Tensor:
    columns = [cycle(unit[None])[0] for unit in torch.eye(size)]
    return torch.stack(columns).double()


@pytest.mark.parametrize('sweeps', [1, 2, 3])
@pytest.mark.parametrize('size', [(14, 16), (13, 17), (1, 200)])
def test_cycle_is_symmetric_and_positive(size: tuple[int, int], sweeps: int) -> None:
    operator = FivePoint(*random_system(1, *size)[:3]).float()
    matrix = cycle_matrix(Multigrid(operator, sweeps), size[0] * size[1])
    torch.testing.assert_close(matrix, matrix.T, rtol=0, atol=1e-5 * matrix.abs().max().item())
    assert torch.linalg.eigvalsh((matrix + matrix.T) / 2).min() > 0


def test_small_systems_are_solved_directly() -> None:
    operator = FivePoint(*random_system(2, 8, 9)[:3])
    values = random_system(2, 8, 9, seed=1)[3].flatten(1)
    solved = Multigrid(operator)(operator(values))
    torch.testing.assert_close(solved, values, rtol=0, atol=1e-3)


@pytest.mark.parametrize('sweeps', [2, 3])
def test_strips_change_nothing(sweeps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    system = random_system(3, 37, 22)
    rhs = system[3].flatten(1).float()
    whole = Multigrid(FivePoint(*system[:3]), sweeps)(rhs)
    monkeypatch.setattr(strips, 'PIXELS_OF_STRIP', 100)
    in_strips = Multigrid(FivePoint(*system[:3]), sweeps)(rhs)
    torch.testing.assert_close(in_strips, whole)


def test_batch_gives_what_its_pictures_give() -> None:
    system = random_system(3, 21, 34)
    together = Multigrid(FivePoint(*system[:3]))(system[3].flatten(1))
    for n in range(3):
        alone = Multigrid(FivePoint(*(part[n : n + 1] for part in system[:3])))
        expected = alone(system[3][n : n + 1].flatten(1))
        torch.testing.assert_close(together[n : n + 1], expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize('size', [(8, 10), (9, 11)])
def test_coarse_operator_is_galerkins_but_for_its_factor(size: tuple[int, int]) -> None:
    fine = FivePoint(*random_system(1, *size)[:3])
    coarse = coarsen(fine, factor=1)
    values = torch.rand(1, coarse.height * coarse.width, dtype=torch.float64)
    spread = values.view(coarse.height, coarse.width)
    spread = spread.repeat_interleave(2, 0).repeat_interleave(2, 1)[: size[0], : size[1]]
    spread = spread.reshape(1, -1)
    torch.testing.assert_close((values * coarse(values)).sum(), (spread * fine(spread)).sum())


def iterations(height: int, width: int, multigrid: bool) -> int:
    system = random_system(1, height, width, contrast=3)
    operator = FivePoint(*system[:3])
    diagonal = operator.diagonal.flatten(1)
    preconditioner = Multigrid(operator) if multigrid else lambda rest: rest / diagonal
    rhs = system[3].flatten(1)
    solution = conjugate_gradient(operator, rhs, rhs, preconditioner, 1e-4, 5000)
    assert solution.residuals.item() <= 1e-4
    return int(solution.iterations.item())


def test_iterations_are_a_fifth_of_jacobis_and_hardly_grow_with_the_size() -> None:
    small, large = iterations(64, 96, True), iterations(256, 384, True)
    assert 5 * small < iterations(64, 96, False)
    assert large <= 1.5 * small
