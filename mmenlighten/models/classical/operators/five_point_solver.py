"""Solutions of five-point systems, with exact gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from .conjugate_gradient import Solution, conjugate_gradient
from .differences import forward_differences
from .five_point import FivePoint
from .multigrid import Multigrid


class FivePointSolver:
    """Solves ``(c + sum_d D_d^T w_d D_d) x = b`` for one operator and any right-hand sides.

    Conjugate gradients with a multigrid cycle: how many iterations it takes hardly depends on the
    size of the image. Gradients go to c, w and b, by one more solution with the same operator
    (implicit differentiation), however many iterations there were.

    Args:
        identity: c, (N, H, W), at least 0.
        weights: Horizontal w_x and vertical w_y, (N, H, W) each, at least 0; the last column of w_x
            and the last row of w_y do not count.
        tolerance: Residual at which an image counts as solved, relative to b.
        max_iterations: After so many the best that there is is taken.
        sweeps: Steps of the smoother in the cycle; more pay off where weights differ much between
            the two directions.
    """

    def __init__(
        self,
        identity: Tensor,
        weights: Sequence[Tensor],
        tolerance: float = 1e-3,
        max_iterations: int = 200,
        sweeps: int = 2,
    ) -> None:
        horizontal, vertical = weights
        self.coefficients = (identity, horizontal, vertical)
        self.tolerance = tolerance
        self.max_iterations = max_iterations
        with torch.no_grad():
            # Without any c, constants would have no cost and no cell would be tied to its value.
            floor = torch.finfo(identity.dtype).eps
            self.operator = FivePoint(identity.clamp_min(floor), horizontal, vertical)
            self.preconditioner = Multigrid(self.operator, sweeps)

    def solve(self, rhs: Tensor, start: Tensor | None = None) -> Tensor:
        """Returns x, (N, H, W), for b of the same shape, from a first guess (0 without one)."""
        solution: Tensor = _Solve.apply(self, start, rhs, *self.coefficients)
        return solution

    def solve_in_detail(self, rhs: Tensor, start: Tensor | None = None) -> Solution:
        """The solution without gradient, with its iterations and residuals."""
        flat = rhs.flatten(1)
        first = torch.zeros_like(flat) if start is None else start.flatten(1)
        return conjugate_gradient(
            self.operator, flat, first, self.preconditioner, self.tolerance, self.max_iterations
        )


class _Solve(Function):
    """``x = A^-1 b``; from ``A x = b``, ``g = A^-1 dx`` is the gradient at b, and that at A is
    ``-g x^T``.
    """

    @staticmethod
    def forward(
        ctx: Any,
        solver: FivePointSolver,
        start: Tensor | None,
        rhs: Tensor,
        identity: Tensor,
        horizontal: Tensor,
        vertical: Tensor,
    ) -> Tensor:
        # The first guess changes the way to the solution, not the solution: it has no gradient.
        start = None if start is None else start.detach()
        solution = solver.solve_in_detail(rhs, start).values.view(rhs.shape)
        ctx.solver = solver
        ctx.save_for_backward(solution)
        return solution

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        (solution,) = ctx.saved_tensors
        # A is symmetric, so g = A^-T dx is one more solution with the same operator.
        at_rhs = ctx.solver.solve_in_detail(gradient.contiguous()).values.view(gradient.shape)
        # dA is -g x^T. A = c + sum D^T w D, where c and w are diagonal: their share of it is
        # -g x for c and -(D g) (D x) for w, pixel by pixel.
        at_horizontal, at_vertical = (
            -one * other
            for one, other in zip(forward_differences(at_rhs), forward_differences(solution))
        )
        return None, None, at_rhs, -at_rhs * solution, at_horizontal, at_vertical
