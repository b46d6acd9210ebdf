"""Preconditioned conjugate gradients for a batch of systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

CHECK_EVERY_ON_DEVICE = 4
"""Iterations between the questions whether all systems are solved: each waits for the device."""


@dataclass(frozen=True)
class Solution:
    """What the solver found."""

    values: Tensor
    """(N, M)."""
    iterations: Tensor
    """How many each system took, (N,), int64."""
    residuals: Tensor
    """``|b - A x| / |b|`` of each system as the recursion has it, (N,)."""


def conjugate_gradient(
    operator: Callable[[Tensor], Tensor],
    rhs: Tensor,
    start: Tensor,
    preconditioner: Callable[[Tensor], Tensor],
    tolerance: float = 1e-3,
    max_iterations: int = 200,
) -> Solution:
    """Solves ``A x = b`` for each system of a batch; A is symmetric and positive definite.

    Each system stops by itself once ``|b - A x| <= tolerance |b|``, so that a batch gives what its
    systems give one by one. Hestenes and Stiefel (1952); in the notation of Shewchuk.

    Args:
        operator: A, from (N, M) to (N, M).
        rhs: b, (N, M), float32 or float64.
        start: First guess of x, (N, M); it is left as it is.
        preconditioner: An approximation of the inverse of A, symmetric and positive definite.
        tolerance: Residual at which a system counts as solved, relative to b.
        max_iterations: After so many the best that there is is taken.
    """
    rhs = rhs.contiguous()
    values = start.clone(memory_format=torch.contiguous_format)
    residual = rhs - operator(values)
    enough = norms(rhs) * tolerance
    length = norms(residual)
    iterations = torch.zeros(len(rhs), dtype=torch.int64, device=rhs.device)
    direction = product = torch.empty(0)
    check_every = 1 if rhs.device.type == 'cpu' else CHECK_EVERY_ON_DEVICE
    for iteration in range(max_iterations):
        active = length > enough
        if iteration % check_every == 0 and not active.any():
            break
        correction = preconditioner(residual)
        new_product = dots(residual, correction)
        if iteration == 0:
            direction = correction
        else:
            step = safe_ratio(new_product, product)
            torch.addcmul(correction, direction, step[:, None], out=direction)
        product = new_product
        image = operator(direction)
        # Systems that are solved, or that rounding has brought to an end, stay where they are.
        step = safe_ratio(product, dots(direction, image)) * active
        values.addcmul_(direction, step[:, None])
        residual.addcmul_(image, step[:, None], value=-1)
        length = torch.where(active, norms(residual), length)
        iterations += active
    return Solution(values, iterations, length / norms(rhs).clamp_min(torch.finfo(rhs.dtype).tiny))


def dots(first: Tensor, second: Tensor) -> Tensor:
    """Inner products of the rows of two (N, M): (N,)."""
    return torch.stack([torch.dot(one, other) for one, other in zip(first, second)])


def norms(values: Tensor) -> Tensor:
    """Euclidean norms of the rows of (N, M): (N,)."""
    return dots(values, values).sqrt()


def safe_ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, or 0 where the denominator is not positive."""
    positive = denominator > 0
    return torch.where(positive, numerator / torch.where(positive, denominator, 1), 0)
