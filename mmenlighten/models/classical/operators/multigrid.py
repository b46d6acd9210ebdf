"""A multigrid cycle that approximates the inverse of a five-point operator."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .five_point import FivePoint
from .strips import Strip

SMALLEST_SYSTEM = 128
"""Unknowns per image for which the inverse is stored as a matrix."""
LARGEST_EIGENVALUE = 2.0
"""Bound of the spectrum of ``diag(A)^-1 A``: A is diagonally dominant (Gershgorin)."""


class Multigrid:
    """One V-cycle, symmetric and positive definite: the preconditioner of conjugate gradients.

    Blocks of 2 x 2 pixels become one unknown of the next level: its c is their sum, and its weight
    to a neighbour is the sum of the two weights across the border, times ``coarse_factor``. That is
    Galerkin's product with piecewise constant interpolation, which keeps the five-point form and
    follows the edges in the weights; the factor makes up for the steps of that interpolation, whose
    energy is too high by up to 2 (Braess, "Towards algebraic multigrid for elliptic problems of
    second order", 1995). The smoother is Jacobi's with Chebyshev's damping over the upper part of
    the spectrum. All is computed by whole-array operations on some rows at a time, in float32: that
    is enough for an approximation, also of an operator in float64.

    Args:
        finest: The operator.
        sweeps: Steps of the smoother before, and again after, the correction.
        coarse_factor: See above; it changes the speed only.
        smoothed_part: The smoother is built for eigenvalues of ``diag(A)^-1 A`` above this part of
            their bound; by default the more sweeps there are, the smaller.
    """

    def __init__(
        self,
        finest: FivePoint,
        sweeps: int = 2,
        coarse_factor: float = 0.65,
        smoothed_part: float | None = None,
    ) -> None:
        # The coarse correction takes care of the smooth part; the smoother need not touch it.
        smoothed_part = smoothed_part or 0.4 / sweeps
        lowest = smoothed_part * LARGEST_EIGENVALUE
        self.dampings = chebyshev_dampings(sweeps, lowest, LARGEST_EIGENVALUE)
        self.levels = [finest.float()]
        while self.levels[-1].height * self.levels[-1].width > SMALLEST_SYSTEM:
            self.levels.append(coarsen(self.levels[-1], coarse_factor))
        self.inverse_diagonals = [level.diagonal.reciprocal().view(-1) for level in self.levels]
        self.coarsest_inverse = inverse_matrices(self.levels[-1])

    def __call__(self, rhs: Tensor) -> Tensor:
        """The cycle applied to (N, H * W)."""
        return self.cycle(0, rhs.float()).to(rhs.dtype)

    def cycle(self, depth: int, rhs: Tensor) -> Tensor:
        """The cycle from one level downwards; the right-hand side is left as it is."""
        level = self.levels[depth]
        if depth == len(self.levels) - 1:  # solved exactly
            return torch.bmm(self.coarsest_inverse, rhs.unsqueeze(-1)).squeeze(-1)
        coarse = self.levels[depth + 1]
        values = torch.empty_like(rhs)
        coarse_rhs = rhs.new_zeros(coarse.count, coarse.height, coarse.width)
        # Down: x = S b from 0, and the restricted residual P^T (b - A x).
        for strip in level.strips:
            self.smooth_and_restrict(depth, rhs, values, coarse_rhs, strip)
        correction = self.cycle(depth + 1, coarse_rhs.view(coarse.count, -1))
        correction = correction.view(coarse.count, coarse.height, coarse.width)
        # Up: x + P y, and smoothing again. As many steps as before, which are polynomials in
        # D^-1 A and commute, keep the cycle symmetric, as conjugate gradients need it.
        result = torch.empty_like(rhs)
        for strip in level.strips:
            self.correct_and_smooth(depth, rhs, values, correction, result, strip)
        return result

    def smooth_and_restrict(
        self, depth: int, rhs: Tensor, values: Tensor, coarse_rhs: Tensor, strip: Strip
    ) -> None:
        """Smooths from 0 into ``values`` and sums the rest by blocks into ``coarse_rhs``."""
        level = self.levels[depth]
        # Each sweep but the first needs one row more around than it leaves right, and so does the
        # residual. These rows are computed by both strips that they are between.
        halo = len(self.dampings)
        area = strip.grow(halo)
        window = rows_of(area, level)
        # Jacobi's first step from x = 0, where the residual is b itself: x = w D^-1 b.
        smooth = rhs.view(-1)[window] * self.inverse_diagonals[depth][window]
        smooth *= self.dampings[0]
        margin = strip.grow(1)
        smooth = self.smooth(depth, rhs, smooth, area, margin, self.dampings[1:])
        values.view(-1)[rows_of(strip, level)] = within(smooth, strip, margin, level)
        rest = level.residual(rhs, smooth, strip, margin.first_row)
        count = strip.last_image - strip.first_image
        rest = rest.view(count, -1, level.width)
        target = coarse_rhs[strip.first_image : strip.last_image, strip.first // 2 :]
        add_blocks(rest, target)

    def correct_and_smooth(
        self,
        depth: int,
        rhs: Tensor,
        values: Tensor,
        correction: Tensor,
        result: Tensor,
        strip: Strip,
    ) -> None:
        """Adds the coarse correction to ``values`` and smooths into ``result``."""
        level = self.levels[depth]
        halo = len(self.dampings)
        area = strip.grow(halo + halo % 2)  # from an even row on, where blocks begin
        smooth = values.view(-1)[rows_of(area, level)].clone()
        count = area.last_image - area.first_image
        source = correction[area.first_image : area.last_image, area.first // 2 :]
        spread_blocks(source, smooth.view(count, -1, level.width))
        smooth = self.smooth(depth, rhs, smooth, area, strip, self.dampings)
        result.view(-1)[rows_of(strip, level)] = smooth

    def smooth(
        self,
        depth: int,
        rhs: Tensor,
        smooth: Tensor,
        area: Strip,
        strip: Strip,
        dampings: list[float],
    ) -> Tensor:
        """Sweeps over ``area``; each needs a row more than it leaves, and ``strip`` remains."""
        level = self.levels[depth]
        for done, damping in enumerate(dampings, 1):
            smaller = strip.grow(len(dampings) - done)
            rest = level.residual(rhs, smooth, smaller, area.first_row)
            smooth = within(smooth, smaller, area, level)
            window = rows_of(smaller, level)
            # x + w D^-1 (b - A x)
            smooth.addcmul_(self.inverse_diagonals[depth][window], rest, value=damping)
            area = smaller
        return within(smooth, strip, area, level)


def chebyshev_dampings(count: int, lowest: float, highest: float) -> list[float]:
    """Factors of ``count`` steps that together damp the interval best: 1 / Chebyshev's roots."""
    # The error of an eigenvalue l is multiplied by prod (1 - w_k l). Of all such polynomials, which
    # are 1 at 0, that with Chebyshev's roots 1 / w_k has the least maximum over the interval.
    middle, radius = (highest + lowest) / 2, (highest - lowest) / 2
    roots = [math.cos(math.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    return [1 / (middle + radius * root) for root in roots]


def coarsen(level: FivePoint, factor: float) -> FivePoint:
    """The operator on blocks of 2 x 2 pixels; a row or column left over is a block of its own."""
    count, height, width = level.count, (level.height + 1) // 2, (level.width + 1) // 2
    identity, horizontal, vertical = level.identity.new_zeros(3, count, height, width)
    # P^T A P with P constant on blocks: what joins pixels of one block vanishes, as differences of
    # equal values are 0, and what joins pixels of two blocks adds up to the weight between them.
    add_blocks(level.identity, identity)
    across = level.horizontal[..., 1::2]
    add_pairs(across, horizontal[..., : across.shape[-1]], -2)
    across = level.vertical[:, 1::2]
    add_pairs(across, vertical[:, : across.shape[-2]], -1)
    return FivePoint(identity, horizontal * factor, vertical * factor)


def inverse_matrices(level: FivePoint) -> Tensor:
    """The inverse of a small operator, one matrix for each image."""
    size = level.height * level.width
    unit = torch.eye(size, dtype=level.diagonal.dtype, device=level.diagonal.device)
    # Column k of A is A e_k; for all images at once.
    columns = [level(row.expand(level.count, size).contiguous()) for row in unit]
    matrices = torch.stack(columns, -1).double()
    # A is positive definite; not to ask whether it worked saves waiting for a GPU.
    factors, _ = torch.linalg.cholesky_ex(matrices)
    return torch.cholesky_inverse(factors).to(level.diagonal.dtype)


def rows_of(strip: Strip, level: FivePoint) -> slice:
    """Where the rows lie in the flat batch."""
    return slice(strip.first_row * level.width, strip.last_row * level.width)


def within(values: Tensor, strip: Strip, area: Strip, level: FivePoint) -> Tensor:
    """The part of ``values``, given on ``area``, that belongs to ``strip``."""
    start = (strip.first_row - area.first_row) * level.width
    return values[start : start + (strip.last_row - strip.first_row) * level.width]


def add_pairs(source: Tensor, target: Tensor, dim: int) -> None:
    """Adds pairs along one axis into the target, which can be larger; an odd one stays alone."""
    length = source.shape[dim]
    even, odd = (length + 1) // 2, length // 2
    first = source[..., 0::2] if dim == -1 else source[..., 0::2, :]
    second = source[..., 1::2] if dim == -1 else source[..., 1::2, :]
    target.narrow(dim, 0, even).add_(first)
    target.narrow(dim, 0, odd).add_(second)


def add_blocks(source: Tensor, target: Tensor) -> None:
    """Adds sums of blocks of 2 x 2 into the target; rows first, which are contiguous."""
    height = source.shape[1]
    if height % 2 == 0:
        pairs = source[:, 0::2] + source[:, 1::2]
    else:
        pairs = source[:, 0::2].clone()
        pairs[:, : height // 2] += source[:, 1::2]
    add_pairs(pairs, target[:, : (height + 1) // 2], -1)


def spread_blocks(source: Tensor, target: Tensor) -> None:
    """Adds each value of the source to its block of 2 x 2 in the target."""
    _, height, width = target.shape
    source = source[:, : (height + 1) // 2]
    wide = torch.empty_like(target[:, 0::2])
    wide[..., 0::2] = source
    wide[..., 1::2] = source[..., : width // 2]
    target[:, 0::2] += wide
    target[:, 1::2] += wide[:, : height // 2]
