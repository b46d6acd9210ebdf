"""Multi-scale Retinex with colour restoration, in the form of IPOL."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.registry import MODELS

from .color_restoring_retinex import ColorRestoringRetinex
from .operators.retinex import balance, log_ratio


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
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        restored = self.restore_colors(log_ratio(image, self.sigmas), image)
        return balance(restored, self.percent, image)
