"""Networks that make a normal-light image out of a low-light one."""

from .attention_unet import AttentionUNet
from .bilateral_curve_net import BilateralCurveNet
from .cincgan_generator import CinCGANGenerator
from .decom_net import DecomNet
from .deep_hdr import DeepHDR
from .edsr import EDSR
from .global_unet import GlobalUNet
from .hdrnet import HDRNet
from .kalantari_hdr import KalantariHDR
from .llnet import LLNet
from .relight_net import RelightNet
from .resnet_generator import ResnetGenerator
from .retinexnet_generator import RetinexNetGenerator
from .see_in_the_dark_unet import SeeInTheDarkUNet
from .sice_net import SICENet
from .vae_generator import VAEGenerator

__all__ = [
    'EDSR',
    'AttentionUNet',
    'BilateralCurveNet',
    'CinCGANGenerator',
    'DecomNet',
    'DeepHDR',
    'GlobalUNet',
    'HDRNet',
    'KalantariHDR',
    'LLNet',
    'RelightNet',
    'ResnetGenerator',
    'RetinexNetGenerator',
    'SICENet',
    'SeeInTheDarkUNet',
    'VAEGenerator',
]
