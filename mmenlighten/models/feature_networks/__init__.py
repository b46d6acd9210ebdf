"""Frozen networks whose features measure content."""

from .frozen_feature_network import FrozenFeatureNetwork
from .squeezenet_features import SqueezeNetFeatures
from .vgg16_features import VGG16Features

__all__ = ['FrozenFeatureNetwork', 'SqueezeNetFeatures', 'VGG16Features']
