"""What a decomposition of a pair must fulfil."""

from __future__ import annotations

from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS


@MODELS.register_module()
class RetinexDecomLoss(nn.Module):
    """The loss of RetinexNet's first phase (Wei et al., 2018; Equations 1 to 3), in its terms.

    Args:
        smoothness: Config of the smoothness of illuminations, a :class:`.RetinexSmoothness`.
    """

    def __init__(self, smoothness: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.smoothness = MODELS.build(smoothness or dict(type='RetinexSmoothness'))

    def forward(
        self,
        low: Tensor,
        normal: Tensor,
        of_low: tuple[Tensor, Tensor],
        of_normal: tuple[Tensor, Tensor],
    ) -> dict[str, Tensor]:
        """Compares a pair with what it was split into.

        Args:
            low: Low-light images (N, 3, H, W) in [0, 1].
            normal: The normal-light images of the same scenes.
            of_low: Reflectance (N, 3, H, W) and illumination (N, 1, H, W) of ``low``.
            of_normal: Those of ``normal``.

        Returns:
            Scalars by name, without their weights.
        """
        (reflectance_low, light_low), (reflectance_normal, light_normal) = of_low, of_normal
        return dict(
            # Each reflectance with each illumination gives the image of that illumination.
            low=F.l1_loss(reflectance_low * light_low, low),
            normal=F.l1_loss(reflectance_normal * light_normal, normal),
            mutual_low=F.l1_loss(reflectance_normal * light_low, low),
            mutual_normal=F.l1_loss(reflectance_low * light_normal, normal),
            # Scenes are the same, whatever the light.
            reflectance=F.l1_loss(reflectance_low, reflectance_normal),
            smooth_low=self.smoothness(light_low, reflectance_low),
            smooth_normal=self.smoothness(light_normal, reflectance_normal),
        )
