"""What all comparisons with a normal-light picture have in common."""

from __future__ import annotations

from typing import Any

from .image_metric import ImageMetric

GT_MEAN_SUFFIX = '_gtmean'


class FullReferenceMetric(ImageMetric):
    """Base of metrics that compare with the normal-light picture of the same scene.

    Args:
        gt_mean: Whether each result is first brought to the mean luma of its ground truth (see
            :func:`mmenlighten.evaluation.functional.scale_to_gt_mean`). The ground truth thereby
            helps the method; the name of the metric then ends in ``_gtmean``.
        collect_device: See :class:`ImageMetric`.
        kwargs: See MMEngine's ``BaseMetric``.
    """

    reference = 'gt'

    def __init__(self, gt_mean: bool = False, collect_device: str = 'gpu', **kwargs: Any) -> None:
        super().__init__(collect_device, **kwargs)
        self.gt_mean = gt_mean
        if gt_mean:
            self.name = f'{self.name}{GT_MEAN_SUFFIX}'
            self.protocol = (
                f'{self.protocol} Before that, the rounded prediction is multiplied by the mean '
                'luma of its ground truth over its own (BT.601 weights on RGB) and clipped, not '
                'rounded again: the ground truth helps the method.'
            )
