"""Convolutional parts of AlexNet and VGG-16 with torchvision's keys, without torchvision."""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from mmenlighten.utils.weights import Weights


@dataclass(frozen=True)
class Convolution:
    """One convolution with its activation."""

    index: int
    """Its number in torchvision's ``features``."""

    shape: tuple[int, int, int, int]
    stride: int = 1
    padding: int = 1
    pool: int = 0
    """Size of the window of the pooling of stride 2 before it; 0 is none."""

    tapped: bool = True
    """Whether its activation is one of the features."""


@dataclass(frozen=True)
class Backbone:
    """A chain of convolutions; called with pictures and weights it gives the tapped features."""

    file: str
    """Name of torchvision's weight file without its ending; it ends in its hash."""

    layers: tuple[Convolution, ...]

    @property
    def url(self) -> str:
        """Where torchvision's file is."""
        return f'https://download.pytorch.org/models/{self.file}.pth'

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by torchvision's keys."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in self.layers:
            shapes[f'features.{layer.index}.weight'] = layer.shape
            shapes[f'features.{layer.index}.bias'] = layer.shape[:1]
        return shapes

    def __call__(self, image: Tensor, weights: Weights) -> list[Tensor]:
        """Features (N, C, h, w) after the tapped activations of (N, 3, H, W)."""
        features = []
        for layer in self.layers:
            if layer.pool:
                image = F.max_pool2d(image, layer.pool, 2)
            weight, bias = (
                weights[f'features.{layer.index}.{kind}'] for kind in ('weight', 'bias')
            )
            image = F.relu(F.conv2d(image, weight, bias, layer.stride, layer.padding))
            if layer.tapped:
                features.append(image)
        return features


def _vgg16() -> tuple[Convolution, ...]:
    layers = []
    index, channels = 0, 3
    for block, (count, width) in enumerate(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))):
        for number in range(count):
            pool = 2 if block and not number else 0
            index += bool(pool)
            layers.append(
                Convolution(index, (width, channels, 3, 3), pool=pool, tapped=number == count - 1)
            )
            index += 2  # an activation follows
            channels = width
    return tuple(layers)


BACKBONES = {
    'alex': Backbone(
        'alexnet-owt-7be5be79',
        (
            Convolution(0, (64, 3, 11, 11), stride=4, padding=2),
            Convolution(3, (192, 64, 5, 5), padding=2, pool=3),
            Convolution(6, (384, 192, 3, 3), pool=3),
            Convolution(8, (256, 384, 3, 3)),
            Convolution(10, (256, 256, 3, 3)),
        ),
    ),
    'vgg': Backbone('vgg16-397923af', _vgg16()),
}
"""The backbones of LPIPS by its names for them."""
