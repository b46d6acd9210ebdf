"""Measures as plain functions on uint8 RGB arrays (H, W, 3)."""

from .brightness import mean_brightness, over_exposure
from .delta_e import delta_e_2000
from .gt_mean import scale_to_gt_mean
from .loe import loe_50, loe_npe
from .lpips import lpips
from .mae import mae
from .ms_ssim import ms_ssim
from .niqe import niqe
from .psnr import psnr
from .ssim import ssim

__all__ = [
    'delta_e_2000',
    'loe_50',
    'loe_npe',
    'lpips',
    'mae',
    'mean_brightness',
    'ms_ssim',
    'niqe',
    'over_exposure',
    'psnr',
    'scale_to_gt_mean',
    'ssim',
]
