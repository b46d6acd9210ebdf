"""The robust Retinex model of Li et al., with a noise map."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative, check_positive
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .classical_enhancer import IterativeEnhancer
from .operators.differences import (
    adjoint_differences,
    forward_differences,
    shrink,
    strong_changes,
)
from .operators.five_point_solver import FivePointSolver


@MODELS.register_module()
class RobustRetinex(IterativeEnhancer):
    """Reflectance R, illumination L and noise N together, for dark images with much noise.

    Li, Liu, Yang, Sun and Guo, "Structure-Revealing Low-Light Image Enhancement Via Robust Retinex
    Model" (IEEE TIP 2018). With i the luma and D forward differences it minimises
    ``|R o L + N - i|^2 + beta |D L|_1 + omega |D R - G|^2 + delta |N|^2``; G is ``1 + lambda``
    times D i where that is ``epsilon`` or more, else 0. From L = i and N, T, Z = 0, each step is

    - ``(L^2 + omega D^T D) R = L (i - N) + omega D^T G``,
    - ``(2 R^2 + mu D^T D) L = 2 R (i - N) + mu D^T (T - Z / mu)``,
    - ``N = (i - R L) / (1 + delta)``,
    - ``T = shrink(D L + Z / mu, beta / mu)``, ``Z = Z + mu (D L - T)``, ``mu = rho mu``.

    Then the first equation is solved for each colour channel, with its own G and the last L and N,
    and the result is ``R L^(1 / gamma)``. The constants are those of the authors' demonstration,
    whose program stops after two steps (42 to 44 dB between its results and these); more steps
    move away from it. The paper's own setting is beta 0.05, delta 1.

    Differentiable, through the solutions of the equations.

    Args:
        beta: Smoothness of the illumination.
        omega: Weight of the wanted gradient of the reflectance.
        delta: Weight of the noise; larger leaves more of it in the image.
        amplification: lambda, by how much gradients grow.
        epsilon: Gradient, in [0, 1], from which on it is structure.
        mu: First penalty of the split variable.
        rho: Growth of the penalty.
        steps: Steps of the iteration.
        gamma: 1 / exponent of the illumination in the result.
        tolerance: Residual, relative to the right-hand side, at which an equation counts as solved.
        data_preprocessor: As for :class:`IterativeEnhancer`.

    Raises:
        ConfigError: A setting is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 192
    images_at_once: ClassVar[bool] = False

    def __init__(
        self,
        beta: float = 0.01,
        omega: float = 0.01,
        delta: float = 10.0,
        amplification: float = 5.0,
        epsilon: float = 10 / 255,
        mu: float = 1.0,
        rho: float = 1.5,
        steps: int = 2,
        gamma: float = 2.2,
        tolerance: float = 1e-3,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        own = 'RobustRetinex'
        check_positive(own, omega=omega, mu=mu, rho=rho, gamma=gamma, tolerance=tolerance)
        check_positive(own, steps=steps)
        check_not_negative(own, beta=beta, delta=delta)
        self.beta, self.omega, self.delta = beta, omega, delta
        self.amplification, self.epsilon = amplification, epsilon
        self.mu, self.rho, self.steps = mu, rho, steps
        self.gamma, self.tolerance = gamma, tolerance

    def enhance_images(self, image: Tensor) -> Tensor:
        """``R L^(1 / gamma)``, channel by channel with the L and N of the luma."""
        illumination, noise = self.decompose(image)
        solver = self.reflectance_solver(illumination)
        # One operator serves all channels.
        reflectance = [
            solver.solve(
                illumination * (channel - noise) + self.wanted_change(channel),
                guess_reflectance(channel, illumination),
            )
            for channel in image.unbind(1)
        ]
        brightness = illumination.clamp_min(torch.finfo(image.dtype).tiny).pow(1 / self.gamma)
        return torch.stack(reflectance, 1) * brightness.unsqueeze(1)

    def decompose(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """L and N, (N, H, W) each, of RGB images (N, 3, H, W) in [0, 1]."""
        luma = torch.einsum('c,nchw->nhw', image.new_tensor(LUMA_WEIGHTS), image)
        wanted = self.wanted_change(luma)
        illumination, noise, mu = luma, torch.zeros_like(luma), self.mu
        split = multipliers = [torch.zeros_like(luma)] * 2
        for _ in range(self.steps):
            signal = luma - noise
            reflectance = self.reflectance_solver(illumination).solve(
                illumination * signal + wanted, guess_reflectance(luma, illumination)
            )
            targets = [mu * one - other for one, other in zip(split, multipliers)]
            penalty = torch.full_like(luma, mu)
            illumination = FivePointSolver(
                2 * reflectance.square(), [penalty, penalty], self.tolerance
            ).solve(
                2 * reflectance * signal + adjoint_differences(targets[0], targets[1]),
                illumination.detach(),
            )
            noise = (luma - reflectance * illumination) / (1 + self.delta)
            changes = forward_differences(illumination)
            split = [
                shrink(change + multiplier / mu, self.beta / mu)
                for change, multiplier in zip(changes, multipliers)
            ]
            multipliers = [
                multiplier + mu * (change - one)
                for multiplier, change, one in zip(multipliers, changes, split)
            ]
            mu *= self.rho
        return illumination, noise

    def reflectance_solver(self, illumination: Tensor) -> FivePointSolver:
        """Solves ``L^2 + omega D^T D``."""
        omega = torch.full_like(illumination, self.omega)
        return FivePointSolver(illumination.square(), [omega, omega], self.tolerance)

    def wanted_change(self, channel: Tensor) -> Tensor:
        """``omega D^T G`` of one channel (N, H, W)."""
        gain = self.omega * (1 + self.amplification)
        horizontal, vertical = strong_changes(forward_differences(channel), self.epsilon, gain)
        return adjoint_differences(horizontal, vertical)


def guess_reflectance(channel: Tensor, illumination: Tensor) -> Tensor:
    """S / L without the smoothness, where the solver begins."""
    return (channel / illumination.clamp_min(1e-2)).clamp(0, 2).detach()
