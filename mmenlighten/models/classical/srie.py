"""SRIE: simultaneous reflectance and illumination estimation."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

from .classical_enhancer import IterativeEnhancer
from .operators.colour import hsv_value, replace_value
from .srie_decomposition import SRIEDecomposition


@MODELS.register_module()
class SRIE(IterativeEnhancer):
    """Reflectance R and illumination L of the brightness, by a weighted model in logarithms.

    Fu, Zeng, Huang, Zhang and Ding, "A Weighted Variational Model for Simultaneous Reflectance and
    Illumination Estimation" (CVPR 2016). With S the largest channel (V of HSV) in 0..255 - the
    model is not the same in 0..1 - and ``s = log(S + 1)``, it minimises
    ``|r + l - s|^2 + c1 |R o D r|_1 + c2 |L o D l|^2`` with ``r <= 0`` and ``l >= s``
    (equation 9); see :class:`SRIEDecomposition` for the steps. V becomes
    ``R (L / 255)^(1 / gamma)``; hue and saturation stay.

    How long it iterates counts: 20 steps give brighter results than 100. The published figures
    belong to about 100. The gradient takes the change of V as constant: the iteration itself has
    none.

    Args:
        reflectance_weight: c1, 0.01 in the paper.
        illumination_weight: c2, 0.1 in the paper.
        penalty: lambda, of the split variable, 1 in the paper.
        stop: Relative change of r and l below which an image is done, 0.001 in the paper.
        most_steps: After so many it is done in any case.
        gamma: 1 / exponent of the illumination in the result, 2.2 in the paper.
        data_preprocessor: As for :class:`IterativeEnhancer`.

    Raises:
        ConfigError: A setting is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 72

    def __init__(
        self,
        reflectance_weight: float = 0.01,
        illumination_weight: float = 0.1,
        penalty: float = 1.0,
        stop: float = 1e-3,
        most_steps: int = 100,
        gamma: float = 2.2,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        for name, value in dict(penalty=penalty, gamma=gamma, most_steps=most_steps).items():
            if value <= 0:
                raise ConfigError(f'SRIE {name}={value} must be positive.')
        weights = dict(
            reflectance_weight=reflectance_weight,
            illumination_weight=illumination_weight,
            stop=stop,
        )
        for name, value in weights.items():
            if value < 0:
                raise ConfigError(f'SRIE {name}={value} must not be negative.')
        self.reflectance_weight, self.illumination_weight = reflectance_weight, illumination_weight
        self.penalty, self.stop, self.most_steps = penalty, stop, most_steps
        self.gamma = gamma

    def enhance_images(self, image: Tensor) -> Tensor:
        """Gives V the gamma-corrected illumination; hue and saturation stay."""
        with torch.no_grad():
            value = hsv_value(image)
            reflectance, illumination = self.decompose(value[:, 0] * 255)
            illumination = illumination.clamp(0, 255) / 255
            enhanced = (reflectance * illumination.pow(1 / self.gamma)).clamp(0, 1).unsqueeze(1)
            # Black becomes the gray of the light around it, if there is any light.
            enhanced *= value.amax((2, 3), keepdim=True) > 0
        return replace_value(image, enhanced)

    def decompose(self, value: Tensor) -> tuple[Tensor, Tensor]:
        """R in (0, 1] and L in 1..256 of brightness (N, H, W) in 0..255."""
        decomposition = SRIEDecomposition(
            (value + 1).log(), self.reflectance_weight, self.illumination_weight, self.penalty
        )
        decomposition.run(self.stop, self.most_steps)
        return decomposition.reflectance, decomposition.illumination
