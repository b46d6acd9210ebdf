"""Multi-scale Retinex with colour restoration, in the form of IPOL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from mmenlighten.registry import MODELS

from .multi_scale_retinex import MultiScaleRetinex, restore_colors
from .operators.retinex import balance, log_ratio


@MODELS.register_module()
class MultiScaleRetinexIPOL(MultiScaleRetinex):
    """MSRCR, multi-scale Retinex with colour restoration, as Petro et al. display it.

    Petro, Sbert, Morel, "Multiscale Retinex", IPOL 2014, after Jobson, Rahman, Woodell
    (TIP 1997): with ``x = 255 I + 1`` and R of :class:`MultiScaleRetinex`

        C_c = beta (log(alpha x_c) - log(x_R + x_G + x_B)),  alpha = 125, beta = 46,

    and each channel of C R is stretched with 1 % cut at each end. Jobson's gain and offset (192 and
    -30, or 5 and 25) are left out, as there: they are of another logarithm, and the stretch undoes
    them, as it does beta, which is therefore no argument. The other form that is called MSRCR in
    comparisons is :class:`MultiScaleRetinexOpenCE`.

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
        restored = restore_colors(log_ratio(image, self.sigmas), image, self.alpha)
        return balance(restored, self.percent, image)
