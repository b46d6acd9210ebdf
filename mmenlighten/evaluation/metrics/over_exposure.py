"""How much of enhanced pictures is clipped."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import over_exposure
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class OverExposure(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.over_exposure`."""

    name = 'OverExposure'
    reference = None
    higher_is_better = False
    protocol = (
        'Share of pixels in 0..1 of which at least one channel of RGB is 250 or more, on '
        'predictions rounded to uint8; lower is better where the scene has no lamps.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        return over_exposure(enhanced)
