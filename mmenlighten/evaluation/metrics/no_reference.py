"""Metrics of the result alone."""

from __future__ import annotations

from mmenlighten.evaluation.functional import mean_brightness, niqe, over_exposure
from mmenlighten.registry import METRICS

from .image_metric import ImageMetric


@METRICS.register_module()
class NIQE(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.niqe`."""

    name = 'NIQE'
    reference = None
    higher_is_better = False
    function = staticmethod(niqe)
    protocol = (
        'Natural image quality evaluator with the parameters of the LIVE release: luma Y of '
        'BT.601 in 16..235, rounded, blocks of 96x96, on predictions rounded to uint8; lower '
        'is better.'
    )


@METRICS.register_module()
class MeanBrightness(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.mean_brightness`."""

    name = 'MeanBrightness'
    reference = None
    function = staticmethod(mean_brightness)
    protocol = (
        'Mean luma (BT.601 weights on RGB, full range 0..255) of predictions rounded to uint8; '
        'neither direction is better.'
    )


@METRICS.register_module()
class OverExposure(ImageMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.over_exposure`."""

    name = 'OverExposure'
    reference = None
    higher_is_better = False
    function = staticmethod(over_exposure)
    protocol = (
        'Share of pixels in 0..1 of which at least one channel of RGB is 250 or more, on '
        'predictions rounded to uint8; lower is better where the scene has no lamps.'
    )
