"""Luminance and detail of a picture, by smoothing that stops at edges."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mmenlighten.models.classical.operators.differences import forward_differences
from mmenlighten.models.classical.operators.five_point_solver import FivePointSolver
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative, check_positive
from mmenlighten.utils.precision import without_autocast

GRAY_WEIGHTS = (0.298936021293775, 0.587043074451121, 0.114020904255103)
"""Of R, G and B in MATLAB's ``rgb2gray``: the first row of the inverse of its NTSC matrix."""

LEVELS = 255
SMALLEST_CHANGE = 1e-4
EPSILON = torch.finfo(torch.float64).eps
"""What black is to the logarithm, in MATLAB."""

SWEEPS = 8
"""Of the solver, as weights of neighbours differ by 1e7."""


@MODELS.register_module()
class WLSDecompose(nn.Module):
    """Splits gray pictures by weighted least squares, as SICE-net's authors do.

    Farbman et al., "Edge-preserving decompositions for multi-scale tone and detail manipulation"
    (2008). The luminance u of a gray picture g solves ``(1 + sum_d D_d^T w_d D_d) u = g`` with
    ``w_d = smoothness / (|D_d log(g + eps)|^alpha + 1e-4)``; the detail is ``g - u``. The gray
    picture has 256 levels, and is divided by its brightest: the split is of the whole picture, and
    that of a part is another one.

    Args:
        smoothness: lambda of the paper.
        alpha: Exponent of the steps; larger ones keep edges sharper.
        tolerance: Residual, relative to the picture, at which it counts as solved. 1e-3 is 1e-4
            off on average, a fortieth of a level.

    Raises:
        ConfigError: A number is out of range.
    """

    def __init__(
        self, smoothness: float = 2.0, alpha: float = 2.0, tolerance: float = 1e-3
    ) -> None:
        super().__init__()
        check_not_negative('WLSDecompose', smoothness=smoothness)
        check_positive('WLSDecompose', alpha=alpha, tolerance=tolerance)
        self.smoothness, self.alpha, self.tolerance = smoothness, alpha, tolerance

    @torch.no_grad()
    def forward(self, image: Tensor) -> Tensor:
        """Splits RGB images (N, 3, H, W) in [-1, 1], without gradients.

        Returns:
            (N, 2, H, W), float32, or float64 of such images: the luminance in [0, 1], and the
            detail, of both signs.
        """
        with without_autocast(image.device.type):
            gray = self.gray(image)
            steps = forward_differences((gray + EPSILON).log_())
            weights = [
                self.smoothness / step.abs_().pow_(self.alpha).add_(SMALLEST_CHANGE)
                for step in steps
            ]
            # Weights up to 2e4 leave three digits of the 1 on the diagonal in float32.
            solver = FivePointSolver(
                torch.ones_like(gray), weights, tolerance=self.tolerance, sweeps=SWEEPS
            )
            luminance = solver.solve(gray, gray)
            parts = torch.stack([luminance, gray - luminance], dim=1)
        return parts if image.dtype == torch.float64 else parts.float()

    def gray(self, image: Tensor) -> Tensor:
        """Gray pictures (N, H, W) in [0, 1], float64, of images (N, 3, H, W) in [-1, 1]."""
        levels = ((image.double() + 1) * (LEVELS / 2)).round_().clamp_(0, LEVELS)
        weights = levels.new_tensor(GRAY_WEIGHTS)
        gray = torch.einsum('c,nchw->nhw', weights, levels).add_(0.5).floor_()  # as MATLAB rounds
        return gray / gray.amax((1, 2), keepdim=True).clamp_min_(1)
