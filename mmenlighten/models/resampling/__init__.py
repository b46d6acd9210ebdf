"""Doubling and halving of feature maps, whose gradients are as fast as they can be."""

from .bilinear_doubling import double_size, doubling_source
from .max_halving import halve_size

__all__ = ['double_size', 'doubling_source', 'halve_size']
