"""The light of an image of any size, by lines that are found in a small copy."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from .guided_filter import guided_lines

SMALL_PIXELS = 2**16
"""Pixels of the copy at most."""

WINDOW = 0.06
"""Radius of the windows, relative to the copy's shorter side."""

CONTRAST = 0.15
"""Variance of the logarithm that is that of surfaces; more is that of light."""

LEAST_LIGHT = 0.02
"""Is added to values before logarithms are taken."""


def small_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of the copy of an image of this size."""
    scale = min(1.0, math.sqrt(SMALL_PIXELS / (height * width)))
    return max(round(height * scale), 1), max(round(width * scale), 1)


class LightBase:
    """Smooth light with the image's own edges: the base of values by a guided filter.

    He, Sun and Tang, "Guided Image Filtering" (2013), of ``log(V + 0.02)`` with itself as its
    guide. The lines are found in a copy of at most 65,536 pixels, with windows of 6 % of its
    shorter side, and applied to each pixel of the image: its cost does not depend on the size,
    and large images look like small ones.

    Args:
        small: V of the copy in [0, 1], (N, 1, h, w), of the size that :func:`small_size` says.
        height: Rows of the image.
        width: Columns of the image.
    """

    def __init__(self, small: Tensor, height: int, width: int) -> None:
        self.height, self.width = height, width
        logs = (small + LEAST_LIGHT).log()
        radius = max(round(WINDOW * min(small.shape[2:])), 1)
        self.lines = guided_lines(logs, logs, radius, CONTRAST)

    def rows(self, values: Tensor, first: int) -> Tensor:
        """Light of some rows of the image, in [0, 1].

        Args:
            values: V of the rows, (N, 1, h, W).
            first: Which row of the image is the first.
        """
        small = self.lines.shape[2]
        number = torch.arange(first, first + values.shape[2], device=values.device)
        place = ((number.double() + 0.5) * (small / self.height) - 0.5).clamp(0, small - 1)
        upper = place.long()
        part = (place - upper).to(values.dtype)[:, None]
        lower = (upper + 1).clamp_max(small - 1)
        lines = torch.lerp(self.lines[:, :, upper], self.lines[:, :, lower], part)
        wide = F.interpolate(
            lines, (values.shape[2], self.width), mode='bilinear', align_corners=False
        )
        slope, offset = wide.chunk(2, 1)
        return ((values + LEAST_LIGHT).log() * slope + offset).exp().sub(LEAST_LIGHT).clamp(0, 1)
