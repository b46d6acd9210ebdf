"""What an adjusted illumination must fulfil."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class RetinexRelightLoss(nn.Module):
    """The loss of RetinexNet's second phase (Wei et al., 2018; Section 3.2), in its terms.

    Args:
        smoothness: Config of the smoothness of illuminations, a :class:`.RetinexSmoothness`.
    """

    def __init__(self, smoothness: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.smoothness = MODELS.build(smoothness or dict(type='RetinexSmoothness'))

    def forward(self, normal: Tensor, reflectance: Tensor, light: Tensor) -> dict[str, Tensor]:
        """Compares the normal-light images with what was made of the low-light ones.

        Args:
            normal: (N, 3, H, W) in [0, 1].
            reflectance: Reflectance (N, 3, H, W) of the low-light images.
            light: Their adjusted illumination (N, 1, H, W).

        Returns:
            Scalars by name, without their weights.
        """
        return dict(
            relit=F.l1_loss(reflectance * light, normal),
            smooth_relit=self.smoothness(light, reflectance),
        )
