"""Measures as plain functions on uint8 RGB arrays (H, W, 3), of light on floats."""

from .brightness import mean_brightness, over_exposure, scale_to_gt_mean
from .loe import loe_50, loe_npe
from .lpips import lpips
from .merged_light import psnr_linear, psnr_mu
from .niqe import niqe
from .pixelwise import delta_e_2000, mae, psnr
from .ssim import ms_ssim, ssim

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
    'psnr_linear',
    'psnr_mu',
    'scale_to_gt_mean',
    'ssim',
]
