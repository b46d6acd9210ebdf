"""Measures as components of MMEngine's evaluator."""

from .by_name import METRIC_NAMES, build_metric
from .delta_e_2000 import DeltaE2000
from .full_reference_metric import FullReferenceMetric
from .image_metric import ImageMetric
from .loe import LOE
from .lpips import LPIPS
from .mae import MAE
from .mean_brightness import MeanBrightness
from .ms_ssim import MSSSIM
from .niqe import NIQE
from .over_exposure import OverExposure
from .psnr import PSNR
from .ssim import SSIM

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
