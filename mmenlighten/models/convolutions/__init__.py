"""Convolutions in forms that fast kernels have been written for."""

from .unshuffled_convolution import UnshuffledConvolution

__all__ = ['UnshuffledConvolution']
