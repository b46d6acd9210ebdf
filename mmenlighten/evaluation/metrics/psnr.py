"""Peak signal-to-noise ratio."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import psnr
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class PSNR(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.psnr` in dB."""

    name = 'PSNR'

    def measure(self, enhanced: np.ndarray, gt: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert gt is not None
        return psnr(enhanced, gt)
