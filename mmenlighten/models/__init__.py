"""Networks, losses, and the recipes that train them."""

from .data_preprocessors import EnhanceDataPreprocessor
from .discriminators import PatchDiscriminator
from .enhancers import BaseEnhancer, EnlightenGAN
from .feature_networks import FrozenFeatureNetwork, SqueezeNetFeatures, VGG16Features
from .generators import AttentionUNet
from .losses import GANLoss, RelativisticGANLoss, SelfFeaturePreservingLoss

__all__ = [
    'AttentionUNet',
    'BaseEnhancer',
    'EnhanceDataPreprocessor',
    'EnlightenGAN',
    'FrozenFeatureNetwork',
    'GANLoss',
    'PatchDiscriminator',
    'RelativisticGANLoss',
    'SelfFeaturePreservingLoss',
    'SqueezeNetFeatures',
    'VGG16Features',
]
