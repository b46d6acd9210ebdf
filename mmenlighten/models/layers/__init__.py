"""Layers that networks share; some as TensorFlow has them, for those that were published in it."""

from .bilateral_slice import BilateralSliceApply
from .depth_to_space import depth_to_space, space_to_depth
from .same_pad_conv2d import SamePadConv2d, same_padding
from .symmetric_conv2d import SymmetricConv2d
from .wls_decompose import WLSDecompose

__all__ = [
    'BilateralSliceApply',
    'SamePadConv2d',
    'SymmetricConv2d',
    'WLSDecompose',
    'depth_to_space',
    'same_padding',
    'space_to_depth',
]
