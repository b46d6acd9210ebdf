"""Single-scale and multi-scale Retinex, with and without colour restoration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

from .classical_enhancer import ClassicalEnhancer
from .operators.flat_areas import keep_black, without_detail
from .operators.histogram import stretch_limits
from .operators.retinex import LEAST_RANGE, balance, log_ratio, to_positive
from .operators.strips import map_rows


@MODELS.register_module()
class MultiScaleRetinex(ClassicalEnhancer):
    """Each channel relative to its surroundings, at several scales.

    Jobson, Rahman, Woodell, "A multiscale Retinex for bridging the gap between color images and
    the human observation of scenes", TIP 1997: with ``x = 255 I + 1`` and Gaussians
    G_s of unit sum,

        R = mean over s of (log x - log(G_s * x)).

    For the display of R, Petro, Sbert, Morel, "Multiscale Retinex", IPOL 2014: in each
    channel 1 % of the pixels are cut at each end and the rest is stretched to [0, 1]. A channel
    without any detail stays as it is. Blur: mirrored without repeating the outermost pixel, cut at
    4 sigma.

    Args:
        sigmas: Standard deviations of the Gaussians in pixels; those of the papers.
        percent: Share of the pixels that the display cuts at each end, in percent.
        keep_flat: Whether images without detail but noise of a level, and areas of black, such
            as a night sky, stay as they are; black becomes gray otherwise.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: There is no sigma, one is not positive, or the share is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 96

    def __init__(
        self,
        sigmas: Sequence[float] = (15, 80, 250),
        percent: float = 1.0,
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        if not sigmas or min(sigmas) <= 0:
            raise ConfigError(f'sigmas={sigmas}: give at least one, all of them positive.')
        if not 0 <= percent < 50:
            raise ConfigError(f'percent={percent} must be at least 0 and below 50.')
        self.sigmas, self.percent = tuple(sigmas), percent
        self.keep_flat = keep_flat

    def enhance_detail(self, image: Tensor) -> Tensor:
        """Leaves flat pictures and areas of black alone, if asked to."""
        if not self.keep_flat:
            return self.enhance_light(image)
        is_flat = without_detail(image)[:, None, None, None]
        if is_flat.all():
            return image
        enhanced = torch.where(is_flat, image, self.enhance_light(image))
        parts = [keep_black(*pair) for pair in zip(image.split(1), enhanced.split(1))]
        return torch.cat(parts)

    def enhance_light(self, image: Tensor) -> Tensor:
        """Stretches R of each channel for the display."""
        return balance(log_ratio(image, self.sigmas), self.percent, image)


@MODELS.register_module()
class SingleScaleRetinex(MultiScaleRetinex):
    """Each channel relative to its surroundings.

    Jobson, Rahman, Woodell, "Properties and performance of a center/surround Retinex", TIP 1997:
    ``R = log x - log(G * x)`` with ``x = 255 I + 1``. See :class:`MultiScaleRetinex` for the blur
    and for the display of R.

    Args:
        sigma: Standard deviation of the Gaussian G in pixels; the paper finds 80 a good compromise
            between contrast (small) and colours (large).
        percent: Share of the pixels that the display cuts at each end, in percent.
        keep_flat: As for :class:`MultiScaleRetinex`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: Sigma is not positive, or the share is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 64

    def __init__(
        self,
        sigma: float = 80,
        percent: float = 1.0,
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__((sigma,), percent, keep_flat, data_preprocessor)


@MODELS.register_module()
class MultiScaleRetinexChromaticityPreserving(MultiScaleRetinex):
    """MSRCP: multi-scale Retinex of the intensity, with the colours as they are.

    Petro, Sbert, Morel, "Multiscale Retinex", IPOL 2014. With ``x = 255 I + 1`` and the
    mean i of its channels, R of :class:`MultiScaleRetinex` is taken of i alone and stretched, with
    1 % cut at each end, to o in [1, 256]. All channels of a pixel get the same factor:

        A = min(256 / max(x_R, x_G, x_B), o / i),   255 I' = A x - 1.

    The offset of 1, which IPOL adds where values are 0, is part of x everywhere. Arguments are
    those of :class:`MultiScaleRetinex`.
    """

    def enhance_light(self, image: Tensor) -> Tensor:
        """Gives all channels of a pixel the gain of its intensity."""
        intensity = image.mean(1, keepdim=True)
        stretched = balance(log_ratio(intensity, self.sigmas), self.percent, intensity)
        return map_rows(_scale, image, intensity, stretched)


def _scale(image: Tensor, intensity: Tensor, stretched: Tensor) -> Tensor:
    light = to_positive(image)
    gain = to_positive(stretched) / to_positive(intensity)
    gain = gain.minimum(256 / light.amax(1, keepdim=True))
    return (light * gain).sub_(1).div_(255).clamp_(0, 1)


class ColorRestoringRetinex(MultiScaleRetinex):
    """Base of MSRCR, multi-scale Retinex with colour restoration; its forms differ in the rest.

    Args:
        sigmas: Standard deviations of the Gaussians in pixels.
        percent: Share of the pixels that the display cuts at each end, in percent.
        alpha: Strength of the non-linearity of the colour restoration.
        keep_flat: As for :class:`MultiScaleRetinex`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: There is no sigma, one is not positive, or the share is out of range.
    """

    def __init__(
        self,
        sigmas: Sequence[float] = (15, 80, 250),
        percent: float = 1.0,
        alpha: float = 125.0,
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(sigmas, percent, keep_flat, data_preprocessor)
        self.alpha = alpha

    def restore_colors(self, ratio: Tensor, image: Tensor) -> Tensor:
        """``(log(alpha x) - log(sum of x over the channels)) R`` with x = 255 I + 1.

        The colour restoration of Jobson et al. (TIP 1997) without its gain: it gives colours back
        to channels that were each made relative to their own surroundings.

        Args:
            ratio: R, (N, 3, H, W); its memory takes the result if no gradient is needed.
            image: I in [0, 1], likewise.
        """

        def restore(ratio: Tensor, image: Tensor) -> Tensor:
            light = to_positive(image)
            return (light / light.sum(1, keepdim=True)).mul_(self.alpha).log_() * ratio

        return map_rows(restore, ratio, image, out=ratio)


@MODELS.register_module()
class MultiScaleRetinexIPOL(ColorRestoringRetinex):
    """MSRCR, multi-scale Retinex with colour restoration, as Petro et al. display it.

    Petro, Sbert, Morel, "Multiscale Retinex", IPOL 2014, after Jobson, Rahman, Woodell
    (TIP 1997): with ``x = 255 I + 1`` and R of :class:`MultiScaleRetinex`

        C_c = beta (log(alpha x_c) - log(x_R + x_G + x_B)),  alpha = 125, beta = 46,

    and each channel of C R is stretched with 1 % cut at each end. Jobson's gain and offset (192 and
    -30, or 5 and 25) are left out, as there: they are of another logarithm, and the stretch undoes
    them, as it does beta, which is therefore no argument. The other form that is called MSRCR in
    comparisons is :class:`MultiScaleRetinexOpenCE`.

    Arguments are those of :class:`ColorRestoringRetinex`.
    """

    def enhance_light(self, image: Tensor) -> Tensor:
        """Restores colours, and stretches each channel."""
        restored = self.restore_colors(log_ratio(image, self.sigmas), image)
        return balance(restored, self.percent, image)


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
        """Restores colours, and stretches each channel as MATLAB does."""
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
