"""Global histogram equalisation."""

from __future__ import annotations

from typing import Any, ClassVar

import cv2
import numpy as np
import torch
from torch import Tensor

from mmenlighten.registry import MODELS

from .histogram_enhancer import LAST_LEVEL, Channel, HistogramEnhancer, count_detail
from .operators.histogram import look_up


@MODELS.register_module()
class HistogramEqualization(HistogramEnhancer):
    """Spreads the levels of the whole image so that each is about equally frequent.

    OpenCV's ``equalizeHist``: with the histogram h of N pixels and its first level k that occurs,
    level v becomes ``255 sum(h[k + 1 .. v]) / (N - h[k])``. A plane of one level stays as it is.
    With ``keep_flat``, h and N are of the pixels with detail, a plane without any stays as it is,
    and flat areas get no darker.

    Args:
        channel: As for :class:`HistogramEnhancer`.
        keep_flat: As for :class:`HistogramEnhancer`.
        data_preprocessor: As for :class:`ClassicalEnhancer`.
    """

    bytes_per_pixel: ClassVar[int] = 96

    def __init__(
        self,
        channel: Channel = 'hsv',
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(channel, keep_flat, data_preprocessor)

    def equalize(self, levels: Tensor, is_rounded: bool, flatness: Tensor | None = None) -> Tensor:
        """Looks levels up in the cumulated histogram."""
        flat = levels.flatten(1)
        counts = count_detail(flat, None if flatness is None else flatness.flatten(1))
        sums = counts.cumsum(1)
        total = sums[:, -1:]
        first = torch.where(sums > 0, sums, total + 1).amin(1, keepdim=True)  # its count
        is_flat = first >= total
        scale = LAST_LEVEL / (total - torch.where(is_flat, 0, first)).float()
        tables = ((sums - first).clamp_min(0).float() * scale).clamp_max(LAST_LEVEL)
        tables = (tables.round() if is_rounded else tables).to(levels.dtype)
        identity = torch.arange(LAST_LEVEL + 1, device=levels.device, dtype=levels.dtype)
        tables = torch.where(is_flat, identity, tables)
        equalized = look_up(tables, flat).reshape(levels.shape)
        if flatness is None:
            return equalized
        kept = torch.lerp(equalized, equalized.maximum(levels), flatness)
        return kept.round() if is_rounded else kept

    def equalize_by_opencv(self, plane: np.ndarray) -> np.ndarray:
        """OpenCV's ``equalizeHist``."""
        return cv2.equalizeHist(plane)
