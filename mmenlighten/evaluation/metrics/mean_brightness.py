"""How bright enhanced pictures are."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import mean_brightness
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class MeanBrightness(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.mean_brightness`."""

    name = 'MeanBrightness'
    reference = None
    protocol = (
        'Mean luma (BT.601 weights on RGB, full range 0..255) of predictions rounded to uint8; '
        'neither direction is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        return mean_brightness(enhanced)
