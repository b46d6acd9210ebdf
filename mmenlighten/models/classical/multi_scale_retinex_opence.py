"""Multi-scale Retinex with colour restoration, in the form of OpenCE."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS

from .color_restoring_retinex import ColorRestoringRetinex
from .operators.histogram import stretch_limits
from .operators.retinex import LEAST_RANGE, log_ratio
from .operators.strips import map_rows


@MODELS.register_module()
class MultiScaleRetinexOpenCE(ColorRestoringRetinex):
    """MSRCR, multi-scale Retinex with colour restoration, as the MATLAB toolbox OpenCE has it.

    Ying Zhenqiang's OpenCE (``multiscaleRetinex.m``) is what most tables of low-light papers mean
    by MSRCR. With ``x = 255 I + 1``

        R = mean over s of (log x - log(G_s * x + 1)) + 1/2,
        C_c = log(alpha x_c) - log(x_R + x_G + x_B),  alpha = 125,

    each channel of C R is first mapped from its least and greatest value to [0, 1], and then
    stretched between the limits of MATLAB's ``stretchlim`` (256 levels) with 1 % at each end. The
    Gaussian is that of MATLAB's ``imgaussfilt``: cut at 2 sigma, the outermost pixel repeated. The
    form of IPOL is :class:`MultiScaleRetinexIPOL`.

    Arguments are those of :class:`ColorRestoringRetinex`.
    """

    bytes_per_pixel: ClassVar[int] = 128

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        ratio = log_ratio(image, self.sigmas, 'nearest', truncate=2, offset=1).add_(0.5)
        restored = self.restore_colors(ratio, image)
        planes = restored.detach().flatten(2)
        low, high = planes.amin(2)[..., None, None], planes.amax(2)[..., None, None]
        is_flat = high - low < LEAST_RANGE
        span = torch.where(is_flat, 1, high - low)
        whole = map_rows(lambda part: (part - low).div_(span), restored, out=restored)
        limits = stretch_limits(whole.flatten(0, 1).flatten(1), self.percent / 100)
        start, end = limits.reshape(*image.shape[:2], 2, 1, 1).unbind(2)
        stretched = map_rows(
            lambda part: (part - start).div_(end - start).clamp_(0, 1), whole, out=whole
        )
        return torch.where(is_flat, image, stretched) if is_flat.any() else stretched
