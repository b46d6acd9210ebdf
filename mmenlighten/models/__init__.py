"""Networks, losses, and the recipes that train them."""

from .averages import ExponentialMovingAverage
from .classical import (
    CLAHE,
    JED,
    LIME,
    NPE,
    SRIE,
    ClassicalEnhancer,
    GammaCorrection,
    HistogramEqualization,
    MultiScaleRetinex,
    MultiScaleRetinexChromaticityPreserving,
    MultiScaleRetinexIPOL,
    MultiScaleRetinexOpenCE,
    RobustRetinex,
    SingleScaleRetinex,
)
from .data_preprocessors import EnhanceDataPreprocessor
from .discriminators import PatchDiscriminator, PixelDiscriminator
from .enhancers import BaseEnhancer, BilateralCurves, EnlightenGAN
from .feature_networks import FrozenFeatureNetwork, SqueezeNetFeatures, VGG16Features
from .generators import EDSR, AttentionUNet, BilateralCurveNet, CinCGANGenerator, ResnetGenerator
from .losses import (
    BlurGradientLoss,
    CharbonnierLoss,
    ColourLoss,
    GANLoss,
    LuminanceAdjustment,
    RelativisticGANLoss,
    SelfFeaturePreservingLoss,
    SSIMLoss,
    TotalVariationLoss,
)

__all__ = [
    'CLAHE',
    'EDSR',
    'JED',
    'LIME',
    'NPE',
    'SRIE',
    'AttentionUNet',
    'BaseEnhancer',
    'BilateralCurveNet',
    'BilateralCurves',
    'BlurGradientLoss',
    'CharbonnierLoss',
    'CinCGANGenerator',
    'ClassicalEnhancer',
    'ColourLoss',
    'EnhanceDataPreprocessor',
    'EnlightenGAN',
    'ExponentialMovingAverage',
    'FrozenFeatureNetwork',
    'GANLoss',
    'GammaCorrection',
    'HistogramEqualization',
    'LuminanceAdjustment',
    'MultiScaleRetinex',
    'MultiScaleRetinexChromaticityPreserving',
    'MultiScaleRetinexIPOL',
    'MultiScaleRetinexOpenCE',
    'PatchDiscriminator',
    'PixelDiscriminator',
    'RelativisticGANLoss',
    'ResnetGenerator',
    'RobustRetinex',
    'SSIMLoss',
    'SelfFeaturePreservingLoss',
    'SingleScaleRetinex',
    'SqueezeNetFeatures',
    'TotalVariationLoss',
    'VGG16Features',
]
