"""Single-scale Retinex."""

from __future__ import annotations

from typing import Any, ClassVar

from mmenlighten.registry import MODELS

from .multi_scale_retinex import MultiScaleRetinex


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
        keep_flat: See :class:`MultiScaleRetinex`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ValueError: Sigma is not positive, or the share is out of range.
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
