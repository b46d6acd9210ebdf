"""Multi-scale Retinex."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS

from .classical_enhancer import ClassicalEnhancer
from .operators.flat_areas import keep_black, without_detail
from .operators.retinex import balance, log_ratio


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
        ValueError: There is no sigma, one is not positive, or the share is out of range.
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
            raise ValueError(f'sigmas={sigmas}: give at least one, all of them positive.')
        if not 0 <= percent < 50:
            raise ValueError(f'percent={percent} must be at least 0 and below 50.')
        self.sigmas, self.percent = tuple(sigmas), percent
        self.keep_flat = keep_flat

    def enhance_detail(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_detail`."""
        if not self.keep_flat:
            return self.enhance_light(image)
        is_flat = without_detail(image)[:, None, None, None]
        if is_flat.all():
            return image
        enhanced = torch.where(is_flat, image, self.enhance_light(image))
        parts = [keep_black(*pair) for pair in zip(image.split(1), enhanced.split(1))]
        return torch.cat(parts)

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        return balance(log_ratio(image, self.sigmas), self.percent, image)
