"""Gamma correction."""

from __future__ import annotations

from typing import Any, ClassVar

import cv2
import numpy as np
import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_positive

from .classical_enhancer import LAST_LEVEL, ClassicalEnhancer
from .operators.strips import map_rows


@MODELS.register_module()
class GammaCorrection(ClassicalEnhancer):
    """``I^gamma`` of each channel, the simplest thing that makes an image brighter.

    Args:
        gamma: Exponent; below 1 brightens. The usual 1 / 2.2 undoes the curve of a display twice.
        data_preprocessor: As for :class:`ClassicalEnhancer`.
    """

    is_pixelwise: ClassVar[bool] = True
    bytes_per_pixel: ClassVar[int] = 48

    def __init__(
        self, gamma: float = 1 / 2.2, data_preprocessor: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data_preprocessor)
        check_positive(gamma=gamma)
        self.gamma = gamma

    def enhance_light(self, image: Tensor) -> Tensor:
        """``I^gamma``, with a straight line near black."""
        # The slope at black is infinite: below the darkest of 16-bit levels it is a straight line.
        darkest = 1 / 65535

        def correct(image: Tensor) -> Tensor:
            curve = image.clamp_min(darkest) ** self.gamma
            return torch.where(image < darkest, image * darkest ** (self.gamma - 1), curve)

        return map_rows(correct, image)

    def enhance_array(self, image: np.ndarray) -> np.ndarray:
        """Looks each level up in a table."""
        levels = torch.arange(LAST_LEVEL + 1, dtype=torch.float64) / LAST_LEVEL
        table = self.enhance_light(levels.reshape(1, 1, 1, -1)).flatten()
        return cv2.LUT(image, (table * LAST_LEVEL).round().numpy().astype(np.uint8))
