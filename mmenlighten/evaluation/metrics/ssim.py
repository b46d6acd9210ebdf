"""Structural similarity."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import ssim
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class SSIM(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.ssim`, on RGB."""

    name = 'SSIM'

    def measure(self, enhanced: np.ndarray, gt: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert gt is not None
        return ssim(enhanced, gt)
