"""Difference of colours."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import delta_e_2000
from mmenlighten.registry import METRICS

from .full_reference_metric import FullReferenceMetric


@METRICS.register_module()
class DeltaE2000(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.delta_e_2000`."""

    name = 'DeltaE2000'
    higher_is_better = False
    protocol = (
        'Mean over pixels of the CIEDE2000 colour difference, sRGB taken to Lab (D65, 2 '
        'degrees), on predictions rounded to uint8; from 0, lower is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert reference is not None
        return delta_e_2000(enhanced, reference, self.gt_mean)
