"""The loss that keeps the content while the brightness changes."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.precision import full_precision, without_autocast


@MODELS.register_module()
class SelfFeaturePreservingLoss(nn.Module):
    """Distance between the features of a picture before and after enhancement (Section 3.3, Eq. 5).

    The instance norm takes mean and scale off each feature map, so that brightness is free and
    structure is not. The loss is the mean square over batch, channels and positions, as in the
    official code.

    Args:
        features: Config of the feature network; it owns its preprocessing and its weights.
    """

    def __init__(self, features: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.features = MODELS.build(features or dict(type='VGG16Features'))

    def forward(self, enhanced: Tensor, reference: Tensor) -> Tensor:
        """Compares (N, 3, H, W) pictures in [-1, 1]; the gradient flows to ``enhanced`` alone."""
        # Deep features and their norms lose too much in half precision.
        with without_autocast(enhanced.device.type):
            with torch.no_grad():
                target = F.instance_norm(self.features(full_precision(reference)))
            return F.mse_loss(F.instance_norm(self.features(full_precision(enhanced))), target)
