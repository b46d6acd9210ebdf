"""Structural similarity."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import ssim
from mmenlighten.registry import METRICS

from .full_reference_metric import FullReferenceMetric


@METRICS.register_module()
class SSIM(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.ssim`, on RGB."""

    name = 'SSIM'
    higher_is_better = True
    protocol = (
        'Structural similarity per channel of RGB, then their mean: Gaussian window 11x11 of '
        'deviation 1.5, K = (0.01, 0.03), L = 255, valid region, on predictions rounded to uint8; '
        'at most 1, higher is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert reference is not None
        return ssim(enhanced, reference, self.gt_mean)
