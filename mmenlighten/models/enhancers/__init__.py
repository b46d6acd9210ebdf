"""Enhancers: what the Runner trains and tests."""

from .base_enhancer import BaseEnhancer
from .enlightengan import EnlightenGAN

__all__ = ['BaseEnhancer', 'EnlightenGAN']
