"""JED: joint enhancement and denoising."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative, check_positive
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .classical_enhancer import IterativeEnhancer
from .operators.differences import adjoint_differences, forward_differences, strong_changes
from .operators.five_point_solver import FivePointSolver

REWEIGHTINGS = 2
"""Solutions of the illumination, each with the weights of the one before."""
ILLUMINATION_FLOOR = 1e-3
SMALLEST_ILLUMINATION_CHANGE = 1e-4
SMALLEST_REFLECTANCE_CHANGE = 1e-3


@MODELS.register_module()
class JED(IterativeEnhancer):
    """One after the other, a piecewise smooth illumination L and a denoised reflectance R.

    Ren, Li, Cheng and Liu, "Joint Enhancement and Denoising Method via Sequential Decomposition"
    (ISCAS 2018). With Y the luma of the image S and D forward differences:

    1. ``|L - Y|^2 + alpha |D L|_1`` is minimised by two reweighted solutions of
       ``(1 + alpha sum_d D_d^T 1 / (|D_d L| + 0.0001) D_d) L = Y``; L is at least 0.001.
    2. For each colour channel ``(L^2 + sum_d D_d^T (beta w_d + omega) D_d) R = L S + omega sum_d
       D_d^T g_d`` with ``w_d = (|D_d S| + 0.001)^(-1/2)``, and g_d ``gain`` times D_d S where that
       is ``threshold`` or more, else 0: small changes count as noise, large ones are amplified.
    3. The result is ``R L^(1 / gamma)``; R is not clipped before.

    The authors publish a program but not its source. Form and constants here are those whose
    results are closest to its (46 to 48 dB on the authors' own images); their demonstration calls
    alpha 0.001, beta 0.007, omega 0.016 and lambda, the gain, 6.

    Differentiable, through the solutions of the equations.

    Args:
        alpha: Smoothness of the illumination.
        beta: Smoothness of the reflectance.
        omega: Weight of the wanted gradient of the reflectance.
        gain: Amplification of gradients.
        threshold: Gradient, in [0, 1], from which on it is structure.
        gamma: 1 / exponent of the illumination in the result.
        tolerance: Residual, relative to the right-hand side, at which an equation counts as solved.
        data_preprocessor: As for :class:`IterativeEnhancer`.

    Raises:
        ConfigError: A setting is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 144
    images_at_once: ClassVar[bool] = False

    def __init__(
        self,
        alpha: float = 0.002,
        beta: float = 0.007,
        omega: float = 0.016,
        gain: float = 8.0,
        threshold: float = 10 / 255,
        gamma: float = 2.2,
        tolerance: float = 1e-3,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        check_positive('JED', gamma=gamma, tolerance=tolerance)
        check_not_negative('JED', alpha=alpha, beta=beta, omega=omega)
        self.alpha, self.beta, self.omega = alpha, beta, omega
        self.gain, self.threshold, self.gamma = gain, threshold, gamma
        self.tolerance = tolerance

    def enhance_images(self, image: Tensor) -> Tensor:
        """``R L^(1 / gamma)``, channel by channel."""
        illumination = self.illumination(image)
        # One channel after the other takes a third of the memory and stays in the cache.
        reflectance = [self.reflectance(channel, illumination) for channel in image.unbind(1)]
        return torch.stack(reflectance, 1) * illumination.pow(1 / self.gamma).unsqueeze(1)

    def illumination(self, image: Tensor) -> Tensor:
        """L, (N, H, W), of RGB images (N, 3, H, W) in [0, 1]."""
        luma = torch.einsum('c,nchw->nhw', image.new_tensor(LUMA_WEIGHTS), image)
        illumination = luma
        for _ in range(REWEIGHTINGS):
            weights = [
                self.alpha / (change.abs() + SMALLEST_ILLUMINATION_CHANGE)
                for change in forward_differences(illumination)
            ]
            solver = FivePointSolver(torch.ones_like(luma), weights, tolerance=self.tolerance)
            illumination = solver.solve(luma, illumination.detach())
        return illumination.clamp(ILLUMINATION_FLOOR, 1)

    def reflectance(self, channel: Tensor, illumination: Tensor) -> Tensor:
        """R of one colour channel, (N, H, W)."""
        changes = forward_differences(channel)
        weights = [
            self.beta * (change.abs() + SMALLEST_REFLECTANCE_CHANGE).rsqrt() + self.omega
            for change in changes
        ]
        wanted = strong_changes(changes, self.threshold, self.gain)
        rhs = illumination * channel + self.omega * adjoint_differences(wanted[0], wanted[1])
        solver = FivePointSolver(illumination.square(), weights, self.tolerance)
        return solver.solve(rhs, (channel / illumination).detach())
