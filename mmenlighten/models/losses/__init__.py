"""Losses of unpaired training."""

from .gan_loss import GANLoss
from .relativistic_gan_loss import RelativisticGANLoss
from .self_feature_preserving_loss import SelfFeaturePreservingLoss

__all__ = ['GANLoss', 'RelativisticGANLoss', 'SelfFeaturePreservingLoss']
