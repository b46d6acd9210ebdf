"""Losses of unpaired and of paired training."""

from torch import nn

from mmenlighten.registry import MODELS

from .adaptive_penalty_weight import AdaptivePenaltyWeight
from .blur_gradient_loss import BlurGradientLoss
from .charbonnier_loss import CharbonnierLoss
from .colour_loss import ColourLoss
from .gan_loss import GANLoss
from .gradient_penalty import GradientPenalty
from .luminance_adjustment import LuminanceAdjustment
from .relativistic_gan_loss import RelativisticGANLoss
from .self_feature_preserving_loss import SelfFeaturePreservingLoss
from .ssim_loss import SSIMLoss
from .total_variation_loss import TotalVariationLoss

__all__ = [
    'AdaptivePenaltyWeight',
    'BlurGradientLoss',
    'CharbonnierLoss',
    'ColourLoss',
    'GANLoss',
    'GradientPenalty',
    'LuminanceAdjustment',
    'RelativisticGANLoss',
    'SSIMLoss',
    'SelfFeaturePreservingLoss',
    'TotalVariationLoss',
]

# Mean absolute and mean squared error, plain torch.
MODELS.register_module(module=nn.L1Loss)
MODELS.register_module(module=nn.MSELoss)
