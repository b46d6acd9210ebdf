"""Measures as plain functions on uint8 RGB arrays (H, W, 3)."""

from .brightness import mean_brightness
from .gt_mean import scale_to_gt_mean
from .psnr import psnr
from .ssim import ssim

__all__ = ['mean_brightness', 'psnr', 'scale_to_gt_mean', 'ssim']
