"""Networks that make a normal-light image out of a low-light one."""

from .attention_unet import AttentionUNet
from .bilateral_curve_net import BilateralCurveNet
from .cincgan_generator import CinCGANGenerator
from .edsr import EDSR
from .global_unet import GlobalUNet
from .resnet_generator import ResnetGenerator
from .vae_generator import VAEGenerator

__all__ = [
    'EDSR',
    'AttentionUNet',
    'BilateralCurveNet',
    'CinCGANGenerator',
    'GlobalUNet',
    'ResnetGenerator',
    'VAEGenerator',
]
