"""Features of a trained network, compared as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.feature_networks import VGG16Features
from mmenlighten.models.feature_networks.vgg16_features import deepest_layer
from mmenlighten.registry import MODELS
from mmenlighten.utils.precision import full_precision, without_autocast


@MODELS.register_module()
class PerceptualLoss(nn.Module):
    """Content loss of Johnson et al. (2016), Section 3.2: mean square between VGG-16 features.

    Unlike :class:`SelfFeaturePreservingLoss` it takes no brightness off the features, so it wants
    a target in normal light.

    Args:
        layers: Weights by layer of VGG-16, for example ``dict(relu2_2=0.5, relu3_3=1.0)``; by
            default that of the released program, ``relu3_3`` alone. The paper transfers style with
            ``relu2_2``.
        features: Arguments of :class:`.VGG16Features`, without ``layer``. With weights of Caffe,
            ``preprocessing='caffe_mean'`` feeds them as the released program does; the loss is then
            of the order of 1000, as features are of images in [0, 255].
        unit_range: Whether images are in [0, 1] (of :class:`.PairedEnhancer`) or in [-1, 1] (of
            ``EnlightenGAN.structure_loss``).

    Raises:
        ConfigError: VGG-16 has no such layer.
    """

    DEFAULT_LAYERS: ClassVar[Mapping[str, float]] = dict(relu3_3=1.0)

    def __init__(
        self,
        layers: Mapping[str, float] | None = None,
        features: dict[str, Any] | None = None,
        unit_range: bool = True,
    ) -> None:
        super().__init__()
        self.layers = dict(layers or self.DEFAULT_LAYERS)
        options = dict(skip_pools=()) | (features or {})
        self.features = VGG16Features(deepest_layer(self.layers), **options)
        self.unit_range = unit_range

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares (N, 3, H, W) RGB images; a scalar. No gradient flows to ``target``."""
        with torch.no_grad():
            of_target = self.features_of(target)
        losses = [
            weight * F.mse_loss(ours, theirs)
            for weight, ours, theirs in zip(
                self.layers.values(), self.features_of(result), of_target, strict=True
            )
        ]
        return torch.stack(losses).sum()

    def features_of(self, image: Tensor) -> list[Tensor]:
        """Maps (N, C, h, w) of each of ``layers``, in full precision."""
        with without_autocast(image.device.type):
            image = full_precision(image)
            return self.features.maps(2 * image - 1 if self.unit_range else image, self.layers)
