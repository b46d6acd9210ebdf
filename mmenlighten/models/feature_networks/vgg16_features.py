"""Features of VGG-16."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.weights import Weights, download_weights

from .frozen_feature_network import UNTRAINED, FrozenFeatureNetwork

TORCHVISION = 'torchvision'
TORCHVISION_URL = 'https://download.pytorch.org/models/vgg16-397923af.pth'
OFFICIAL_CAFFE_URL = 'https://drive.google.com/file/d/1IfCeihmPqGWJ0KHmH-mTMi_pn3z3Zo-P'

CONVOLUTIONS_OF_BLOCK = (2, 2, 3, 3, 3)
CHANNELS_OF_BLOCK = (64, 128, 256, 512, 512)
LAYERS = [f'{b}_{i}' for b, n in enumerate(CONVOLUTIONS_OF_BLOCK, 1) for i in range(1, n + 1)]
TORCHVISION_INDICES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
PREPROCESSINGS = ('torchvision', 'caffe', 'caffe_mean')
CAFFE_MEAN = (103.939, 116.779, 123.680)
"""Of blue, green and red of ImageNet, in [0, 255]."""

IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def deepest_layer(layers: Collection[str]) -> str:
    """That of some layers ``relu<block>_<convolution>`` which is computed last.

    Raises:
        ConfigError: VGG-16 has no such layer.
    """
    for layer in layers:
        if layer.removeprefix('relu') not in LAYERS:
            raise ConfigError(f'VGG-16 has no layer {layer!r}: use one of relu1_1 ... relu5_3.')
    return max(layers, key=lambda layer: LAYERS.index(layer.removeprefix('relu')))


@MODELS.register_module()
class VGG16Features(FrozenFeatureNetwork):
    """VGG-16 up to one layer; by default relu5_1 without the fourth pooling, as officially.

    Args:
        layer: ``relu<block>_<convolution>``; nothing behind it is computed.
        weights: ``'torchvision'`` downloads torchvision's ImageNet file when training starts;
            a path takes that file, the official Caffe ``vgg16.weight`` or any state dict with the
            keys of either; ``'untrained'`` is a random network.
        skip_pools: Poolings that are left out, by the block they follow. Officially the fourth:
            the features then have 1/8 of the image's size.
        preprocessing: ``'torchvision'`` (RGB in [0, 1], ImageNet mean and deviation),
            ``'caffe'`` (BGR in [0, 255], no mean, as the official EnlightenGAN feeds it) or
            ``'caffe_mean'`` (BGR in [0, 255] less the mean, as VGG-16 was trained and UNIT feeds
            it). By default the one of the first two that belongs to the weight file, known by its
            keys.

    Raises:
        ConfigError: The layer or the preprocessing is unknown.
    """

    remedy = (
        'Set its weights in the config, such as model.feature_loss.features.weights, to the path '
        'of the official Caffe file '
        f"({OFFICIAL_CAFFE_URL}), to that of torchvision's ({TORCHVISION_URL}), or to "
        f"'{TORCHVISION}' to download the latter."
    )

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        layer: str = 'relu5_1',
        weights: str = TORCHVISION,
        skip_pools: Sequence[int] = (4,),
        preprocessing: str | None = None,
    ) -> None:
        name = deepest_layer([layer]).removeprefix('relu')
        if preprocessing is not None:
            check_choice('VGG16Features.preprocessing', preprocessing, PREPROCESSINGS)
        self.layers = LAYERS[: LAYERS.index(name) + 1]
        shapes, in_channels = {}, 3
        for used in self.layers:
            out_channels = CHANNELS_OF_BLOCK[int(used[0]) - 1]
            shapes[f'conv{used}'] = (out_channels, in_channels, 3, 3)
            in_channels = out_channels
        super().__init__(weights, shapes)
        self.skip_pools = tuple(skip_pools)
        self.preprocessing = preprocessing or 'torchvision'
        self._preprocessing_is_fixed = preprocessing is not None
        mean, deviation = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_DEVIATION)
        self.register_buffer('mean', mean.view(1, 3, 1, 1), persistent=False)
        self.register_buffer('deviation', deviation.view(1, 3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """Features (N, C, h, w) after the activation of (N, 3, H, W) RGB images in [-1, 1]."""
        return self.maps(image, (f'relu{self.layers[-1]}',))[0]

    def maps(self, image: Tensor, layers: Collection[str]) -> list[Tensor]:
        """Features of several layers, before the pooling that follows some of them.

        Args:
            image: RGB images (N, 3, H, W) in [-1, 1].
            layers: ``relu<block>_<convolution>``, none behind :attr:`layer`.
        """
        features = self.preprocess(image)
        maps = dict.fromkeys(layers, image)
        for name in self.layers:
            features = F.relu(F.conv2d(features, *self.convolution(f'conv{name}'), padding=1))
            if f'relu{name}' in maps:
                maps[f'relu{name}'] = features
            if self.pools_after(name):
                features = F.max_pool2d(features, 2)
        return list(maps.values())

    def preprocess(self, image: Tensor) -> Tensor:
        """What the first layer takes, of RGB images in [-1, 1]."""
        if self.preprocessing.startswith('caffe'):
            image = (image.flip(1) + 1) * 127.5
            if self.preprocessing == 'caffe':
                return image
            channels = zip(image.unbind(1), CAFFE_MEAN)
            return torch.stack([channel - mean for channel, mean in channels], dim=1)
        return ((image + 1) / 2 - self.mean) / self.deviation

    def pools_after(self, name: str) -> bool:
        """Whether a layer is the last of its block, and the pooling behind it is not left out."""
        block = int(name[0])
        is_last_of_block = int(name[2]) == CONVOLUTIONS_OF_BLOCK[block - 1]
        return is_last_of_block and name != self.layers[-1] and block not in self.skip_pools

    def set_weights(self, weights: Weights, source: str = 'the given weights') -> None:
        """Takes torchvision's keys or the official Caffe file's and sets the preprocessing."""
        from_torchvision = 'features.0.weight' in weights
        if from_torchvision:
            weights = {
                f'conv{name}.{kind}': weights[f'features.{index}.{kind}']
                for name, index in zip(LAYERS, TORCHVISION_INDICES)
                for kind in ('weight', 'bias')
                if f'features.{index}.{kind}' in weights
            }
        super().set_weights(weights, source)
        if not self._preprocessing_is_fixed:
            self.preprocessing = 'torchvision' if from_torchvision else 'caffe'

    def _read_weights(self) -> Weights:
        if self.weights == TORCHVISION:
            return download_weights(
                TORCHVISION_URL,
                'Download the file on another machine and set the weights of the feature network '
                'in the config, such as model.feature_loss.features.weights, to its path, or to '
                f"'{UNTRAINED}' for random features.",
            )
        return super()._read_weights()
