"""Peak signal-to-noise ratio."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import psnr
from mmenlighten.registry import METRICS

from .full_reference_metric import FullReferenceMetric


@METRICS.register_module()
class PSNR(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.psnr` in dB."""

    name = 'PSNR'
    higher_is_better = True
    protocol = (
        'Peak signal-to-noise ratio in dB over all pixels and the three channels of RGB, peak 255, '
        'on predictions rounded to uint8, mean of the ratios of the pictures; higher is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert reference is not None
        return psnr(enhanced, reference, self.gt_mean)
