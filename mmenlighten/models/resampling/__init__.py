"""Doubling and halving of feature maps, whose gradients are as fast as they can be."""

from .bilinear_doubling import double_size
from .max_halving import halve_size

__all__ = ['double_size', 'halve_size']
