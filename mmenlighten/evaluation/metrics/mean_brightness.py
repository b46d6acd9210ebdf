"""How bright enhanced pictures are."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import mean_brightness
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class MeanBrightness(ImageMetric):
    """Mean luma of the enhanced pictures in [0, 255]; needs no ground truth."""

    name = 'MeanBrightness'
    needs_gt = False

    def measure(self, enhanced: np.ndarray, gt: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        return mean_brightness(enhanced)
