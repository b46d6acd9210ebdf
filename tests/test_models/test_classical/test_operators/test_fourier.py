"""Periodic systems."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.models.classical.operators.differences import (
    adjoint_differences,
    forward_differences,
)
from mmenlighten.models.classical.operators.fourier import laplacian_spectrum, solve_periodic


@pytest.mark.parametrize('size', [(32, 48), (31, 17), (1, 6), (5, 1), (1, 1)])
def test_solution_solves_the_equation(size: tuple[int, int]) -> None:
    rhs = torch.rand(2, *size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    solution = solve_periodic(rhs, 2, 3.5)
    laplacian = adjoint_differences(*forward_differences(solution, 'periodic'), 'periodic')
    torch.testing.assert_close(2 * solution + 3.5 * laplacian, rhs, rtol=0, atol=1e-12)


def test_spectrum_is_that_of_the_differences() -> None:
    kernels = np.zeros((2, 6, 9))
    kernels[:, 0, 0] = -1
    kernels[0, 0, -1] = kernels[1, -1, 0] = 1
    expected = (np.abs(np.fft.rfft2(kernels)) ** 2).sum(0)
    spectrum = laplacian_spectrum(6, 9, torch.device('cpu'), torch.float64)
    np.testing.assert_allclose(spectrum.numpy(), expected, atol=1e-14)
    assert spectrum is laplacian_spectrum(6, 9, torch.device('cpu'), torch.float64)


def test_gradient() -> None:
    rhs = torch.rand(1, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: solve_periodic(x, 1, 2), rhs)
