"""Natural image quality evaluator."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import niqe
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class NIQE(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.niqe`."""

    name = 'NIQE'
    reference = None
    higher_is_better = False
    protocol = (
        'Natural image quality evaluator with the parameters of the LIVE release: luma Y of '
        'BT.601 in 16..235, rounded, blocks of 96x96, on predictions rounded to uint8; lower '
        'is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        return niqe(enhanced)
