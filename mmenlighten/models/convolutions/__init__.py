"""Convolutions in forms that fast kernels have been written for."""

from .doubling_convolution import DoublingConvolution, write_convolved
from .eager_cpu import is_eager_on_cpu
from .frozen_convolution import FrozenConvolution
from .unshuffled_convolution import UnshuffledConvolution

__all__ = [
    'DoublingConvolution',
    'FrozenConvolution',
    'UnshuffledConvolution',
    'is_eager_on_cpu',
    'write_convolved',
]
