"""The iteration of SRIE."""

from __future__ import annotations

import torch
from torch import Tensor

from .operators.differences import adjoint_differences, forward_differences
from .operators.fourier import laplacian_spectrum

CHECK_EVERY_ON_DEVICE = 10
"""Steps between the questions whether all pictures are done: each waits for the device."""


class SRIEDecomposition:
    """Alternating minimisation of the weighted model by Fourier transforms.

    With lower-case letters for logarithms, F the transform, LAP the spectrum of ``D^T D``, and from
    ``l = s``, ``r = b = 0``, each step of Fu et al. (2016) is

    - ``d = shrink(R D r + b, 1 / (2 lambda))``,
    - ``r = F^-1 [F(s - l + c1 lambda D^T (d - b)) / (1 + c1 lambda R LAP)]``, ``r = min(r, 0)``,
    - ``b = b + R D r - d``,
    - ``l = F^-1 [F(s - r) / (1 + c2 L LAP)]``, ``l = max(l, s)``.

    The maps R and L multiply the spectrum position by position ("pixel-wise"): not an operator of
    the picture, but it is the published method, and its figures are those of this form. The
    quotient is no longer the transform of a real picture; the real part is taken, which is the
    transform multiplied by the mean of the factors at opposite frequencies, so that transforms of
    real pictures suffice.

    Args:
        logarithm: s, (N, H, W), at least 0.
        reflectance_weight: c1.
        illumination_weight: c2.
        penalty: lambda.
    """

    def __init__(
        self,
        logarithm: Tensor,
        reflectance_weight: float,
        illumination_weight: float,
        penalty: float,
    ) -> None:
        height, width = logarithm.shape[-2:]
        spectrum = laplacian_spectrum(height, width, logarithm.device, logarithm.dtype)
        self.logarithm = logarithm
        self.reflectance_weight = reflectance_weight * penalty
        self.reflectance_spectrum = spectrum * self.reflectance_weight
        self.illumination_spectrum = spectrum * illumination_weight
        self.threshold = 1 / (2 * penalty)
        self.log_reflectance = torch.zeros_like(logarithm)
        self.log_illumination = logarithm
        self.reflectance = torch.ones_like(logarithm)
        self.illumination = logarithm.exp()
        # R D r, and the part of R D r + b that shrinking takes away, in both directions: d - b is
        # the difference of the two, so that neither d nor b is kept.
        self.weighted = [torch.zeros_like(logarithm) for _ in range(2)]
        self.taken = [torch.zeros_like(logarithm) for _ in range(2)]

    def run(self, stop: float, most_steps: int) -> None:
        """Iterates until r and l of each picture change by less than ``stop``."""
        check_every = 1 if self.logarithm.device.type == 'cpu' else CHECK_EVERY_ON_DEVICE
        active = self.logarithm.new_ones(len(self.logarithm), dtype=torch.bool)
        for step in range(most_steps):
            before = self.log_reflectance, self.log_illumination
            self.update_reflectance()
            self.update_illumination()
            if len(active) > 1 or check_every > 1:
                # What is done stays as it was.
                goes_on = active[:, None, None]
                self.log_reflectance = torch.where(goes_on, self.log_reflectance, before[0])
                self.log_illumination = torch.where(goes_on, self.log_illumination, before[1])
            if step > 0:
                active &= (change(self.log_reflectance, before[0]) >= stop) | (
                    change(self.log_illumination, before[1]) >= stop
                )
            if step % check_every == 0 and not active.any():
                break
        self.reflectance = self.log_reflectance.exp()
        self.illumination = self.log_illumination.exp()

    def update_reflectance(self) -> None:
        """The first three lines of a step."""
        rhs = adjoint_differences(
            self.weighted[0] - self.taken[0], self.weighted[1] - self.taken[1], 'periodic'
        )
        rhs.mul_(self.reflectance_weight).add_(self.logarithm).sub_(self.log_illumination)
        solution = solve_pixel_wise(rhs, self.reflectance, self.reflectance_spectrum)
        self.log_reflectance = solution.clamp_max_(0)
        self.reflectance = self.log_reflectance.exp()
        changes = forward_differences(self.log_reflectance, 'periodic')
        for before, taken, after in zip(self.weighted, self.taken, changes):
            after.mul_(self.reflectance)
            # R D r + b with the new b = b + R D r - d.
            taken.sub_(before).add_(after, alpha=2).clamp_(-self.threshold, self.threshold)
            before.copy_(after)

    def update_illumination(self) -> None:
        """The last line of a step."""
        rhs = self.logarithm - self.log_reflectance
        solution = solve_pixel_wise(rhs, self.illumination, self.illumination_spectrum)
        self.log_illumination = torch.maximum(solution, self.logarithm, out=solution)
        self.illumination = self.log_illumination.exp()


def solve_pixel_wise(rhs: Tensor, weight: Tensor, spectrum: Tensor) -> Tensor:
    """Real part of ``F^-1 [F(rhs) / (1 + weight spectrum)]``, (N, H, W).

    Args:
        rhs: (N, H, W).
        weight: Map over all frequencies, (N, H, W).
        spectrum: Symmetric in the frequency, its half (H, W // 2 + 1).
    """
    half = spectrum.shape[-1]
    opposite = weight.flip(-2, -1).roll((1, 1), (-2, -1))[..., :half]
    denominators = weight[..., :half] * spectrum + 1, opposite * spectrum + 1
    factor = (denominators[0] + denominators[1]).div_(2)
    factor.div_(denominators[0]).div_(denominators[1])
    transformed = torch.fft.rfft2(rhs).mul_(factor)
    return torch.fft.irfft2(transformed, s=rhs.shape[-2:])


def change(after: Tensor, before: Tensor) -> Tensor:
    """``|after - before| / |before|`` of each picture, (N,)."""
    smallest = torch.finfo(after.dtype).tiny
    length = torch.linalg.vector_norm(before, dim=(1, 2)).clamp_min(smallest)
    return torch.linalg.vector_norm(after - before, dim=(1, 2)) / length
