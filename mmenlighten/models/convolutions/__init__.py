"""Convolutions in forms that fast kernels have been written for."""

from .doubling_convolution import DoublingConvolution, write_convolved
from .eager_cpu import is_eager_on_cpu
from .frozen_convolution import FrozenConvolution
from .grouped_convolution import convolve_and_rectify
from .half_on_gpu import half_type_on_gpu
from .joint_convolution import convolve_jointly
from .narrow_convolution import convolve_narrow, pixels_of_group
from .same_convolution import SameConvolution
from .unshuffled_convolution import UnshuffledConvolution

__all__ = [
    'DoublingConvolution',
    'FrozenConvolution',
    'SameConvolution',
    'UnshuffledConvolution',
    'convolve_and_rectify',
    'convolve_jointly',
    'convolve_narrow',
    'half_type_on_gpu',
    'is_eager_on_cpu',
    'pixels_of_group',
    'write_convolved',
]
