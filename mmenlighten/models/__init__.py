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
from .discriminators import PatchDiscriminator
from .enhancers import BaseEnhancer, EnlightenGAN
from .feature_networks import FrozenFeatureNetwork, SqueezeNetFeatures, VGG16Features
from .generators import AttentionUNet
from .losses import GANLoss, RelativisticGANLoss, SelfFeaturePreservingLoss
from .wrappers import SeparateDistributedDataParallel

__all__ = [
    'CLAHE',
    'JED',
    'LIME',
    'NPE',
    'SRIE',
    'AttentionUNet',
    'BaseEnhancer',
    'ClassicalEnhancer',
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
    'RelativisticGANLoss',
    'RobustRetinex',
    'SelfFeaturePreservingLoss',
    'SeparateDistributedDataParallel',
    'SingleScaleRetinex',
    'SqueezeNetFeatures',
    'VGG16Features',
]
