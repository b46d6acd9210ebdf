"""Fast forms of layers and models: subclasses that compute the same on the device they are on."""

from .conv3x3 import FastConv3x3
from .cyclegan import FastCycleGAN
from .enlightengan import FastEnlightenGAN
from .instance_norm2d import ChannelsLastInstanceNorm2d
from .max_pool2d import FastMaxPool2d
from .self_feature_preserving_loss import FastSelfFeaturePreservingLoss
from .space_to_depth_conv2d import SpaceToDepthConv2d
from .upsample_conv2d import FastUpsampleConv2d
from .vgg16_features import FastVGG16Features

__all__ = [
    'ChannelsLastInstanceNorm2d',
    'FastConv3x3',
    'FastCycleGAN',
    'FastEnlightenGAN',
    'FastMaxPool2d',
    'FastSelfFeaturePreservingLoss',
    'FastUpsampleConv2d',
    'FastVGG16Features',
    'SpaceToDepthConv2d',
]
