"""What both forms of multi-scale Retinex with colour restoration share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from .multi_scale_retinex import MultiScaleRetinex
from .operators.retinex import to_positive
from .operators.strips import map_rows


class ColorRestoringRetinex(MultiScaleRetinex):
    """Base of MSRCR, multi-scale Retinex with colour restoration; its forms differ in the rest.

    Args:
        sigmas: Standard deviations of the Gaussians in pixels.
        percent: Share of the pixels that the display cuts at each end, in percent.
        alpha: Strength of the non-linearity of the colour restoration.
        keep_flat: See :class:`MultiScaleRetinex`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ValueError: There is no sigma, one is not positive, or the share is out of range.
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
