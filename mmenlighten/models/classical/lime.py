"""LIME: low-light enhancement by an illumination map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice, check_not_negative, check_positive
from mmenlighten.utils.errors import ConfigError

from .classical_enhancer import IterativeEnhancer
from .lime_maps import exact_map, release_map, sped_up_map

SOLVERS = ('release', 'spedup', 'exact')
WEIGHTINGS = (1, 2, 3)
LIMITED_RANGE = 255 / 219
"""What one step of the 8-bit luma 16..235, in which LIME denoises, is in RGB."""


@MODELS.register_module()
class LIME(IterativeEnhancer):
    """``R = I / T^gamma`` with an illumination map T that follows the structure of the image.

    Guo, Li and Ling, "LIME: Low-Light Image Enhancement via Illumination Map Estimation" (IEEE TIP
    2017). ``T^ = max_c I`` is refined to T; ``solver`` says how. D are forward differences, G a
    Gaussian of standard deviation ``sigma``.

    ``exact``
        Minimises ``|T^ - T|^2 + alpha |W o D T|_1`` (equation 8) by alternating directions
        (algorithm 1): borders wrap around, ``mu`` starts at 1 and grows by ``rho`` 1.1 in each of
        at most 100 steps, and the end is at ``|D T - G| <= 1e-5 |T^|``.
    ``spedup``
        Solves ``(1 + alpha sum_d D_d^T W_d / (|D_d T^| + 0.001) D_d) t = t^`` (equation 19).
    ``release``
        What the authors' MATLAB program does, and what tables mean by LIME: T^ is 0.02 larger, and
        ``(1 + alpha sum_d D_d^T w_d D_d) t = t^`` with
        ``w_d = 1 / max(|D T^|_2, 0.02) / max(|D_d (G * T^)|, 0.001)``; G has 11 taps for
        ``sigma`` 2 and black beyond the borders.

    The map of ``exact`` and ``spedup`` is kept above 0.001. ``weighting`` is theirs:

    1. ``W = 1``,
    2. ``W_d = 1 / (|D_d T^| + 0.001)``,
    3. ``W_d = sum G / (|sum G D_d T^| + 0.001)`` over windows of 15 x 15.

    The paper denoises last (section II-D): with a denoiser, the luma of the result becomes
    ``T Y + (1 - T) denoised(Y)``. Benchmarks mostly use LIME without.

    All but a denoiser is differentiable; ``release`` and ``spedup`` through the solution itself,
    at the cost of a second one.

    Args:
        solver: See above.
        weighting: 1, 2 or 3; None is 3 for ``exact`` and ``spedup``. ``release`` has its own.
        alpha: Weight of the smoothness; 0.15 in the paper and (as lambda) in the program.
        gamma: Exponent of the map, 0.8 in the paper; smaller is brighter.
        sigma: Standard deviation in pixels, 2 in the paper.
        tolerance: Residual, relative to the map, at which ``release`` and ``spedup`` are solved.
            0.01 differs from a direct solver by 69 dB or more; 1e-6 with float64 by nothing.
        denoise: Takes lumas (N, 1, H, W) in [0, 1] and returns them denoised, or the config of
            such a module in ``MODELS``, for example ``dict(type='NonLocalMeans')``.
        data_preprocessor: As for :class:`IterativeEnhancer`.

    Raises:
        ConfigError: A setting is unknown or out of range.
    """

    bytes_per_pixel: ClassVar[int] = 200
    images_at_once: ClassVar[bool] = False

    def __init__(
        self,
        solver: Literal['release', 'spedup', 'exact'] = 'release',
        weighting: Literal[1, 2, 3] | None = None,
        alpha: float = 0.15,
        gamma: float = 0.8,
        sigma: float = 2.0,
        tolerance: float = 1e-2,
        denoise: Callable[[Tensor], Tensor] | dict[str, Any] | None = None,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        check_choice('LIME solver', solver, SOLVERS)
        if solver == 'release' and weighting is not None:
            raise ConfigError('LIME weighting goes with the solvers "exact" and "spedup" only.')
        if weighting is not None:
            check_choice('LIME weighting', weighting, WEIGHTINGS)
        check_positive('LIME', gamma=gamma, sigma=sigma, tolerance=tolerance)
        check_not_negative('LIME', alpha=alpha)
        self.solver = solver
        self.weighting = weighting or 3
        self.alpha, self.gamma, self.sigma = alpha, gamma, sigma
        self.tolerance = tolerance
        self.denoise = MODELS.build(denoise) if isinstance(denoise, dict) else denoise

    def enhance_images(self, image: Tensor) -> Tensor:
        """Divides by a power of the refined map; then denoises, if asked to."""
        illumination = self.illumination(image)
        light = image / illumination.pow(self.gamma).unsqueeze(1)
        return light if self.denoise is None else self.denoise_dark(light, illumination)

    def illumination(self, image: Tensor) -> Tensor:
        """The refined map T, (N, H, W), of RGB images (N, 3, H, W) in [0, 1]."""
        initial = image.amax(1)
        if self.solver == 'release':
            return release_map(initial, self.alpha, self.sigma, self.tolerance)
        settings = (self.alpha, self.sigma, self.weighting)
        if self.solver == 'spedup':
            return sped_up_map(initial, *settings, self.tolerance)
        return exact_map(initial, *settings)

    def denoise_dark(self, light: Tensor, illumination: Tensor) -> Tensor:
        """Replaces the luma by the denoised one, the more the darker the place was."""
        assert self.denoise is not None
        light = light.clamp(0, 1)
        weights = light.new_tensor([65.481, 128.553, 24.966]) / 255
        luma = torch.einsum('c,nchw->nhw', weights, light).unsqueeze(1) + 16 / 255
        change = (1 - illumination.clamp(0, 1)).unsqueeze(1) * (self.denoise(luma) - luma)
        return light + LIMITED_RANGE * change
