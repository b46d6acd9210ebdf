"""Mean absolute error."""

from __future__ import annotations

import numpy as np

from mmenlighten.evaluation.functional import mae
from mmenlighten.registry import METRICS

from .full_reference_metric import FullReferenceMetric


@METRICS.register_module()
class MAE(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.mae`."""

    name = 'MAE'
    higher_is_better = False
    protocol = (
        'Mean absolute difference over all pixels and the three channels of RGB in 0..255, on '
        'predictions rounded to uint8; lower is better.'
    )

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        """See :class:`ImageMetric`."""
        assert reference is not None
        return mae(enhanced, reference, self.gt_mean)
