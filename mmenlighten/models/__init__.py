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
from .generators import AttentionUNet, BilateralCurveNet, ResnetGenerator
from .losses import (
    CharbonnierLoss,
    ColourLoss,
    GANLoss,
    RelativisticGANLoss,
    SelfFeaturePreservingLoss,
    SSIMLoss,
)

__all__ = [
    'CLAHE',
    'JED',
    'LIME',
    'NPE',
    'SRIE',
    'AttentionUNet',
    'BaseEnhancer',
    'BilateralCurveNet',
    'BilateralCurves',
    'CharbonnierLoss',
    'ClassicalEnhancer',
    'ColourLoss',
    'EnhanceDataPreprocessor',
    'EnlightenGAN',
    'ExponentialMovingAverage',
    'FrozenFeatureNetwork',
    'GANLoss',
    'GammaCorrection',
    'HistogramEqualization',
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
    'VGG16Features',
]
