"""Measures of enhanced pictures."""

from .metrics import (
    METRIC_NAMES,
    PSNR,
    SSIM,
    FullReferenceMetric,
    ImageMetric,
    MeanBrightness,
    build_metric,
)

__all__ = [
    'METRIC_NAMES',
    'PSNR',
    'SSIM',
    'FullReferenceMetric',
    'ImageMetric',
    'MeanBrightness',
    'build_metric',
]
