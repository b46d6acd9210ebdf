"""Measures as components of MMEngine's evaluator."""

from .image_metric import ImageMetric
from .mean_brightness import MeanBrightness
from .psnr import PSNR
from .ssim import SSIM

__all__ = ['PSNR', 'SSIM', 'ImageMetric', 'MeanBrightness']
