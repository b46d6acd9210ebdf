"""Structural similarity at several scales."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import ms_ssim
from mmenlighten.registry import METRICS

from .full_reference_metric import FullReferenceMetric


@METRICS.register_module()
class MSSSIM(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.ms_ssim`."""

    name = 'MS-SSIM'
    higher_is_better = True
    protocol = (
        'Multi-scale structural similarity per channel of RGB, then their mean: five scales '
        'with the exponents of Wang et al. (2003), Gaussian window 11x11 of deviation 1.5, '
        'valid region, on predictions rounded to uint8; at most 1, higher is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert reference is not None
        return ms_ssim(enhanced, reference, self.gt_mean)
