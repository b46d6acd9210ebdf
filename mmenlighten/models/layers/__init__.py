"""Layers that networks share; some as TensorFlow has them, for those that were published in it."""

from .bilateral_slice import BilateralSliceApply
from .depth_to_space import depth_to_space, space_to_depth
from .light_of_frames import light_of_frames
from .same_pad_conv2d import SamePadConv2d, same_padding
from .symmetric_conv2d import SymmetricConv2d
from .wls_decompose import WLSDecompose

__all__ = [
    'BilateralSliceApply',
    'SamePadConv2d',
    'SymmetricConv2d',
    'WLSDecompose',
    'depth_to_space',
    'light_of_frames',
    'same_padding',
    'space_to_depth',
]
