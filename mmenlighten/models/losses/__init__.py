"""Losses of unpaired and of paired training."""

from .adaptive_penalty_weight import AdaptivePenaltyWeight
from .batch_sum_losses import AbsoluteSumLoss, EuclideanLoss
from .block_ssim_loss import BlockSSIMLoss
from .blur_gradient_loss import BlurGradientLoss
from .charbonnier_loss import CharbonnierLoss
from .colour_loss import ColourLoss
from .gan_loss import GANLoss
from .gradient_penalty import GradientPenalty
from .luminance_adjustment import LuminanceAdjustment
from .mu_law_l2_loss import MuLawL2Loss
from .perceptual_loss import PerceptualLoss
from .plain_losses import L1Loss, MSELoss
from .relativistic_gan_loss import RelativisticGANLoss
from .retinex_decom_loss import RetinexDecomLoss
from .retinex_relight_loss import RetinexRelightLoss
from .retinex_smoothness import RetinexSmoothness
from .self_feature_preserving_loss import SelfFeaturePreservingLoss
from .ssim_loss import SSIMLoss
from .style_loss import StyleLoss
from .total_variation_loss import TotalVariationLoss
from .tv_loss import TVLoss

__all__ = [
    'AbsoluteSumLoss',
    'AdaptivePenaltyWeight',
    'BlockSSIMLoss',
    'BlurGradientLoss',
    'CharbonnierLoss',
    'ColourLoss',
    'EuclideanLoss',
    'GANLoss',
    'GradientPenalty',
    'L1Loss',
    'LuminanceAdjustment',
    'MSELoss',
    'MuLawL2Loss',
    'PerceptualLoss',
    'RelativisticGANLoss',
    'RetinexDecomLoss',
    'RetinexRelightLoss',
    'RetinexSmoothness',
    'SSIMLoss',
    'SelfFeaturePreservingLoss',
    'StyleLoss',
    'TVLoss',
    'TotalVariationLoss',
]
