"""Features of SqueezeNet v1.0, whose weights are 5 MB instead of VGG's 500."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

from .frozen_feature_network import FrozenFeatureNetwork

CAFFE_MEAN_BGR = (104.0, 117.0, 123.0)
SQUEEZE_CHANNELS = (16, 16, 32, 32, 48, 48, 64, 64)
"""Channels between the two halves of fire2 ... fire9; each puts out eight times as many."""
POOLS = (1, 4, 8)
"""conv1, fire4 and fire8 are followed by a pooling."""


@MODELS.register_module()
class SqueezeNetFeatures(FrozenFeatureNetwork):
    """SqueezeNet v1.0 (Iandola et al., 2016) in its Caffe form, up to one fire module.

    Args:
        weights: Path of an ``.npz`` or state dict with the Caffe layer names (``conv1.weight``,
            ``fire2/conv1x1_1.weight``, ...), or ``'untrained'``.
        layer: ``fire2`` ... ``fire9``; nothing behind it is computed.
        skip_pools: Poolings that are left out, by the module they follow (1, 4 or 8). Without the
            fourth, features have 1/4 of the image's size, so that a patch of 32 pixels still
            has 6 x 6 positions to normalise over.
        subtract_mean: Whether ImageNet's mean is taken off first, as the weights were trained.
            Without, features grow almost in proportion to the light, and the norm of
            :class:`~mmenlighten.models.SelfFeaturePreservingLoss` takes that off. Officially VGG
            is fed like this. Four times the light costs 0.06 instead of 0.50 (``fire4``, dark
            images of LOL), where another scene costs 1.8.

    Raises:
        ConfigError: The layer is unknown.
    """

    remedy = (
        'Set model.feature_loss.features.weights to the path of the Caffe SqueezeNet v1.0 weights '
        'as .npz.'
    )

    mean_bgr: Tensor

    def __init__(
        self,
        weights: str,
        layer: str = 'fire8',
        skip_pools: Sequence[int] = (4,),
        subtract_mean: bool = True,
    ) -> None:
        if layer not in (names := [f'fire{i}' for i in range(2, 10)]):
            raise ConfigError(f'SqueezeNet has no layer {layer!r}: use one of {", ".join(names)}.')
        shapes = {'conv1': (96, 3, 7, 7)}
        in_channels = 96
        self.fires = range(2, int(layer.removeprefix('fire')) + 1)
        for fire, squeeze in zip(self.fires, SQUEEZE_CHANNELS):
            expand = 4 * squeeze
            shapes[f'fire{fire}/conv1x1_1'] = (squeeze, in_channels, 1, 1)
            shapes[f'fire{fire}/conv1x1_2'] = (expand, squeeze, 1, 1)
            shapes[f'fire{fire}/conv3x3_2'] = (expand, squeeze, 3, 3)
            in_channels = 2 * expand
        super().__init__(weights, shapes)
        self.pools = [pool for pool in POOLS if pool not in skip_pools]
        mean = torch.tensor(CAFFE_MEAN_BGR) * subtract_mean
        self.register_buffer('mean_bgr', mean.view(1, 3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """Features (N, C, h, w) of (N, 3, H, W) RGB images in [-1, 1]."""
        features = (image.flip(1) + 1) * 127.5 - self.mean_bgr
        features = F.relu(F.conv2d(features, *self.convolution('conv1'), stride=2))
        if 1 in self.pools:
            features = _pool(features)
        for fire in self.fires:
            if fire - 1 in self.pools and fire > 2:
                features = _pool(features)
            squeezed = F.relu(F.conv2d(features, *self.convolution(f'fire{fire}/conv1x1_1')))
            narrow = F.conv2d(squeezed, *self.convolution(f'fire{fire}/conv1x1_2'))
            wide = F.conv2d(squeezed, *self.convolution(f'fire{fire}/conv3x3_2'), padding=1)
            features = F.relu(torch.cat([narrow, wide], dim=1))
        return features


def _pool(features: Tensor) -> Tensor:
    return F.max_pool2d(features, 3, stride=2, ceil_mode=True)
