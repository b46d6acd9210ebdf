"""Enhancers: what the Runner trains and tests."""

from .base_enhancer import BaseEnhancer
from .bilateral_curves import BilateralCurves
from .enlightengan import EnlightenGAN
from .trained_enhancer import TrainedEnhancer

__all__ = ['BaseEnhancer', 'BilateralCurves', 'EnlightenGAN', 'TrainedEnhancer']
