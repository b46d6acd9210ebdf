"""Losses of unpaired and of paired training."""

from .charbonnier_loss import CharbonnierLoss
from .colour_loss import ColourLoss
from .gan_loss import GANLoss
from .relativistic_gan_loss import RelativisticGANLoss
from .self_feature_preserving_loss import SelfFeaturePreservingLoss
from .ssim_loss import SSIMLoss

__all__ = [
    'CharbonnierLoss',
    'ColourLoss',
    'GANLoss',
    'RelativisticGANLoss',
    'SSIMLoss',
    'SelfFeaturePreservingLoss',
]
