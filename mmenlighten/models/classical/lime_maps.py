"""The three ways in which LIME refines its illumination map."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .operators.differences import adjoint_differences, forward_differences, shrink
from .operators.five_point_solver import FivePointSolver
from .operators.fourier import solve_periodic

RELEASE_OFFSET = 0.02
"""What the program adds to the initial map; its results are above it, so that none is divided by 0.
"""
SMALLEST_CHANGE = 0.001
"""epsilon of the paper and of the program."""
SMALLEST_GRADIENT = 0.02
"""Bound of the program for the length of the gradient."""
WINDOW_RADIUS = 7
"""Windows of weighting 3 are 15 x 15 pixels."""
SWEEPS = 4
"""Of the sped-up solver, whose weights differ by 100 and more between the two directions."""
PENALTY, PENALTY_GROWTH = 1.0, 1.1
"""mu at the start, and rho."""
MOST_STEPS = 100
CLOSE_ENOUGH = 1e-5
"""delta: the split variables agree to this part of the initial map."""
CHECK_EVERY = 10
"""Steps between the questions whether all images are done: each waits for the device."""


def release_map(initial: Tensor, alpha: float, sigma: float, tolerance: float) -> Tensor:
    """Solver ``release`` of :class:`LIME`, (N, H, W) to (N, H, W)."""
    initial = initial + RELEASE_OFFSET
    horizontal, vertical = forward_differences(initial)
    # The length of a gradient of 0 has no slope; below the bound it does not count anyway.
    squared = horizontal.square() + vertical.square()
    steepness = squared.clamp_min(SMALLEST_GRADIENT**2).sqrt()
    taps = round(5 * sigma) | 1
    blurred = forward_differences(zero_padded_blur(initial, sigma, taps // 2))
    weights = [alpha / (steepness * change.abs().clamp_min(SMALLEST_CHANGE)) for change in blurred]
    solver = FivePointSolver(torch.ones_like(initial), weights, tolerance=tolerance)
    return solver.solve(initial, initial).clamp_min(SMALLEST_CHANGE)


def sped_up_map(
    initial: Tensor, alpha: float, sigma: float, weighting: int, tolerance: float
) -> Tensor:
    """Solver ``spedup`` of :class:`LIME`, (N, H, W) to (N, H, W)."""
    weights = [
        alpha * weight / (change.abs() + SMALLEST_CHANGE)
        for weight, change in zip(
            paper_weights(initial, sigma, weighting), forward_differences(initial)
        )
    ]
    # Weights up to 1.5e5 leave nothing of the 1 on the diagonal in float32.
    solver = FivePointSolver(
        torch.ones_like(initial, dtype=torch.float64),
        [weight.double() for weight in weights],
        tolerance=tolerance,
        sweeps=SWEEPS,
    )
    solution = solver.solve(initial.double(), initial.double())
    return solution.to(initial.dtype).clamp(SMALLEST_CHANGE, 1)


def exact_map(initial: Tensor, alpha: float, sigma: float, weighting: int) -> Tensor:
    """Solver ``exact`` of :class:`LIME`, (N, H, W) to (N, H, W)."""
    thresholds = [alpha * weight for weight in paper_weights(initial, sigma, weighting)]
    enough = torch.linalg.vector_norm(initial.detach(), dim=(1, 2)) * CLOSE_ENOUGH
    active = torch.ones_like(enough, dtype=torch.bool)
    penalty = PENALTY
    estimate = initial
    split = multipliers = [torch.zeros_like(initial)] * 2
    for step in range(MOST_STEPS):
        targets = [one - other / penalty for one, other in zip(split, multipliers)]
        rhs = 2 * initial + penalty * adjoint_differences(targets[0], targets[1], 'periodic')
        solution = solve_periodic(rhs, 2, penalty)
        estimate = torch.where(active[:, None, None], solution, estimate)
        changes = forward_differences(solution, 'periodic')
        split = [
            shrink(change + multiplier / penalty, threshold / penalty)
            for change, multiplier, threshold in zip(changes, multipliers, thresholds)
        ]
        gaps = [change - one for change, one in zip(changes, split)]
        multipliers = [multiplier + penalty * gap for multiplier, gap in zip(multipliers, gaps)]
        penalty *= PENALTY_GROWTH
        gap = torch.linalg.vector_norm(torch.stack(gaps, 1).detach(), dim=(1, 2, 3))
        active = active & (gap > enough)
        if step % CHECK_EVERY == CHECK_EVERY - 1 and not active.any():
            break
    return estimate.clamp(SMALLEST_CHANGE, 1)


def paper_weights(initial: Tensor, sigma: float, weighting: int) -> list[Tensor]:
    """Weightings 1, 2 and 3 of :class:`LIME`, horizontal and vertical, (N, H, W) each."""
    if weighting == 1:
        return [torch.ones_like(initial)] * 2
    changes = forward_differences(initial)
    if weighting == 2:
        return [1 / (change.abs() + SMALLEST_CHANGE) for change in changes]
    settings = (sigma, WINDOW_RADIUS, False)
    total = zero_padded_blur(torch.ones_like(initial), *settings)
    return [
        total / (zero_padded_blur(change, *settings).abs() + SMALLEST_CHANGE) for change in changes
    ]


def zero_padded_blur(image: Tensor, sigma: float, radius: int, normalized: bool = True) -> Tensor:
    """``G_sigma * x`` with ``2 radius + 1`` taps in both directions, one after the other.

    For a few taps, shifted additions are faster than a convolution of one channel.

    Args:
        image: (..., H, W).
        sigma: Standard deviation in pixels.
        radius: Taps on each side of the centre.
        normalized: Whether the taps sum to 1, or the middle one is 1.
    """
    taps = [math.exp(-(k**2) / (2 * sigma**2)) for k in range(radius + 1)]
    if normalized:
        total = taps[0] + 2 * sum(taps[1:])
        taps = [tap / total for tap in taps]
    for dim in (-1, -2):
        size = image.shape[dim]
        blurred = image * taps[0]
        for distance, tap in enumerate(taps[1 : min(radius, size - 1) + 1], 1):
            length = size - distance
            blurred.narrow(dim, 0, length).add_(image.narrow(dim, distance, length), alpha=tap)
            blurred.narrow(dim, distance, length).add_(image.narrow(dim, 0, length), alpha=tap)
        image = blurred
    return image
