"""Multi-scale Retinex with colour restoration, in the form of OpenCE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from mmenlighten.registry import MODELS

from .multi_scale_retinex import MultiScaleRetinex, color_restoration
from .operators.histogram import stretch_limits
from .operators.retinex import LEAST_RANGE, log_ratio


@MODELS.register_module()
class MultiScaleRetinexOpenCE(MultiScaleRetinex):
    """MSRCR, multi-scale Retinex with colour restoration, as the MATLAB toolbox OpenCE has it.

    Ying Zhenqiang's OpenCE (``multiscaleRetinex.m``) is what most tables of low-light papers mean
    by MSRCR. With ``x = 255 I + 1``

        R = mean over s of (log x - log(G_s * x + 1)) + 1/2,
        C_c = log(alpha x_c) - log(x_R + x_G + x_B),  alpha = 125,

    each channel of C R is first mapped from its least and greatest value to [0, 1], and then
    stretched between the limits of MATLAB's ``stretchlim`` (256 levels) with 1 % at each end. The
    Gaussian is that of MATLAB's ``imgaussfilt``: cut at 2 sigma, the outermost pixel repeated. The
    form of IPOL is :class:`MultiScaleRetinexIPOL`.

    Args:
        sigmas: Standard deviations of the Gaussians in pixels.
        percent: Share of the pixels that the display cuts at each end, in percent.
        alpha: Strength of the non-linearity of the colour restoration.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ValueError: There is no sigma, one is not positive, or the share is out of range.
    """

    def __init__(
        self,
        sigmas: Sequence[float] = (15, 80, 250),
        percent: float = 1.0,
        alpha: float = 125.0,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(sigmas, percent, data_preprocessor)
        self.alpha = alpha

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        light = (image * 255).add_(1)
        ratio = log_ratio(light, self.sigmas, 'nearest', truncate=2, offset=1) + 0.5
        restored = color_restoration(light, self.alpha) * ratio
        planes = restored.flatten(0, 1).flatten(1)
        low, high = (limit[:, None] for limit in planes.detach().aminmax(dim=1))
        is_flat = high - low < LEAST_RANGE
        whole = (planes - low) / torch.where(is_flat, 1, high - low)
        low, high = stretch_limits(whole, self.percent / 100).split(1, dim=1)
        stretched = ((whole - low) / (high - low)).clamp(0, 1)
        return torch.where(is_flat, image.flatten(0, 1).flatten(1), stretched).reshape(image.shape)
