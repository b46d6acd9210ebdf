"""Measures of enhanced pictures."""

from .metrics import (
    LOE,
    LPIPS,
    MAE,
    METRIC_NAMES,
    MSSSIM,
    NIQE,
    PSNR,
    SSIM,
    DeltaE2000,
    FullReferenceMetric,
    ImageMetric,
    MeanBrightness,
    OverExposure,
    build_metric,
)

__all__ = [
    'LOE',
    'LPIPS',
    'MAE',
    'METRIC_NAMES',
    'MSSSIM',
    'NIQE',
    'PSNR',
    'SSIM',
    'DeltaE2000',
    'FullReferenceMetric',
    'ImageMetric',
    'MeanBrightness',
    'OverExposure',
    'build_metric',
]
