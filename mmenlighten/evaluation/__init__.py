"""Measures of enhanced pictures."""

from .metrics import PSNR, SSIM, ImageMetric, MeanBrightness

__all__ = ['PSNR', 'SSIM', 'ImageMetric', 'MeanBrightness']
