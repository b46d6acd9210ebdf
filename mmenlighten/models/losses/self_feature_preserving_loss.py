"""The loss that keeps the content while the brightness changes."""

from __future__ import annotations

from typing import Any, Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import full_precision, without_autocast

from .scale_gradient import scale_gradient

Precision = Literal['float32', 'float16', 'bfloat16']

GRADIENT_SCALE = 2.0**20
"""About the number of features in a batch, by which the mean of the loss divides."""


@MODELS.register_module()
class SelfFeaturePreservingLoss(nn.Module):
    """Distance between the features of an image before and after enhancement (Section 3.3, Eq. 5).

    The instance norm takes mean and scale off each feature map, so that brightness is free and
    structure is not. The loss is the mean square over batch, channels and positions, as in the
    official code.

    Args:
        features: Config of the feature network; it owns its preprocessing and its weights.
        precision: Of the feature network's convolutions: ``'float32'``, ``'float16'`` or
            ``'bfloat16'``, whatever the step around it runs in. Norms and the loss are in float32
            in any case. bfloat16 has gradients that are far off.

    Raises:
        ConfigError: ``precision`` is none of these.
    """

    def __init__(
        self,
        features: dict[str, Any] | None = None,
        precision: Precision = 'float32',
    ) -> None:
        super().__init__()
        if precision not in get_args(Precision):
            raise ConfigError(
                f'SelfFeaturePreservingLoss.precision={precision!r}: use one of '
                f'{", ".join(get_args(Precision))}.'
            )
        self.precision = precision
        self.features = MODELS.build(features or dict(type='VGG16Features'))

    def forward(self, enhanced: Tensor, reference: Tensor) -> Tensor:
        """Compares (N, 3, H, W) images in [-1, 1]; the gradient flows to ``enhanced`` alone."""
        with torch.no_grad():
            target = self._normalised_features(reference)
        return F.mse_loss(self._normalised_features(enhanced), target)

    def _normalised_features(self, image: Tensor) -> Tensor:
        # The norm loses too much in half precision, also that of a step under autocast.
        device_type = image.device.type
        with without_autocast(device_type):
            image = full_precision(image)
            if self.precision == 'float32':
                features = self.features(image)
            else:
                with torch.autocast(device_type, dtype=getattr(torch, self.precision)):
                    features = self.features(scale_gradient(image, 1 / GRADIENT_SCALE))
                features = scale_gradient(full_precision(features), GRADIENT_SCALE)
            return self.instance_norm(full_precision(features))

    def instance_norm(self, features: Tensor) -> Tensor:
        """Each map (H, W) with mean 0 and deviation 1."""
        return F.instance_norm(features)
