"""Measures as components of MMEngine's evaluator."""

from .by_name import METRIC_NAMES, build_metric
from .full_reference_metric import FullReferenceMetric
from .image_metric import ImageMetric
from .mean_brightness import MeanBrightness
from .psnr import PSNR
from .ssim import SSIM

__all__ = [
    'METRIC_NAMES',
    'PSNR',
    'SSIM',
    'FullReferenceMetric',
    'ImageMetric',
    'MeanBrightness',
    'build_metric',
]
