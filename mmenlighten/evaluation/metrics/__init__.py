"""Measures as components of MMEngine's evaluator."""

from .by_name import METRIC_NAMES, build_metric
from .full_reference import MAE, MSSSIM, PSNR, SSIM, DeltaE2000
from .image_metric import FullReferenceMetric, ImageMetric
from .loe import LOE
from .lpips import LPIPS
from .merged_light import PSNRLinear, PSNRMu
from .no_reference import NIQE, MeanBrightness, OverExposure

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
    'PSNRLinear',
    'PSNRMu',
    'build_metric',
]
