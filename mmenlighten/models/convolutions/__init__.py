"""Convolutions in forms that fast kernels have been written for."""

from .doubling_convolution import DoublingConvolution
from .frozen_convolution import FrozenConvolution
from .unshuffled_convolution import UnshuffledConvolution

__all__ = [
    'DoublingConvolution',
    'FrozenConvolution',
    'UnshuffledConvolution',
]
