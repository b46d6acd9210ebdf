"""The noise of an image: how much there is, and a filter that takes out so much."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .guided_filter import box_mean, guided_lines

SAMPLES = 512
"""Rows and columns of squares of 2 x 2 pixels that are looked at, at most."""

DARKEST, BRIGHTEST = 1 / 255, 0.95
"""Squares whose light is beyond these are cut off, and their noise with it."""

MEDIAN_OF_NORMAL = 0.6745
"""Median of abs(x) of normally distributed x of deviation 1."""

LUMA_RADIUS, COLOUR_RADIUS = 2, 2
"""Of the filter; for the colours, which are filtered at half the size, in pixels of that."""

FLATNESS = 2.0
"""Variance, in units of the noise's, that counts as half noise and half image."""

LEAST_VARIANCE = 1e-6
"""Noise of a quarter of a level of 8 bits. Round-off in variances is below it."""

REACH = 20
"""Rows above and below that a row of :func:`remove_grain` depends on, rounded up to whole squares.
"""


def luma_of(image: Tensor) -> Tensor:
    """Luma (ITU-R BT.601) of RGB (N, 3, H, W), as (N, 1, H, W)."""
    weights = image.new_tensor(LUMA_WEIGHTS)[:, None, None]
    return (image * weights).sum(1, keepdim=True)


class NoiseSamples:
    """Squares of 2 x 2 pixels, evenly spread, that tell how much noise there is.

    Args:
        height: Rows of the images.
        width: Their columns.
    """

    def __init__(self, height: int, width: int) -> None:
        self.rows = torch.arange(height // 2)[:: math.ceil(height / 2 / SAMPLES)] * 2
        self.columns = torch.arange(width // 2)[:: math.ceil(width / 2 / SAMPLES)] * 2
        self.parts: list[Tensor] = []

    def add(self, luma: Tensor, first: int) -> None:
        """Takes what is needed of the next rows (N, 1, h, W); the first has an even number."""
        inside = (self.rows >= first) & (self.rows + 1 < first + luma.shape[2])
        rows = (self.rows[inside] - first).to(luma.device)
        columns = self.columns.to(luma.device)
        plane = luma.detach()[:, 0]
        corners = [plane[:, rows + y][:, :, columns + x] for y in (0, 1) for x in (0, 1)]
        self.parts.append(torch.stack(corners, 1))

    def deviation(self) -> Tensor:
        """Standard deviation of the noise of each image, by its diagonal differences.

        The median of ``|a - b - c + d| / 2``, divided by 0.6745 (Donoho and Johnstone 1994, with
        Haar's wavelet): edges count for little, and a median over many squares hardly changes from
        frame to frame.

        Returns:
            (N, 1, 1, 1), without gradient; 0 where there is no square, or all are black or white.
        """
        corners = torch.cat(self.parts, 2)
        mean = corners.mean(1)
        detail = (corners[:, 0] - corners[:, 1] - corners[:, 2] + corners[:, 3]).abs() / 2
        is_light = (mean > DARKEST) & (mean < BRIGHTEST)
        chosen = [one[light] for one, light in zip(detail, is_light)]
        medians = [one.median() if len(one) else one.new_zeros(()) for one in chosen]
        return torch.stack(medians)[:, None, None, None] / MEDIAN_OF_NORMAL


def remove_grain(image: Tensor, deviation: Tensor) -> Tensor:
    """Takes noise of a deviation that is known at each pixel out of an image.

    The luma is smoothed by a guided filter whose guide is itself; the two colour differences, at
    half the size, by one whose guide is the smooth luma, as far as they vary no more than noise
    does. Where the deviation is 0 nothing changes.

    Args:
        image: RGB (N, 3, H, W).
        deviation: (N, 1, H, W).
    """
    variance = FLATNESS * deviation.square()
    luma = luma_of(image)
    slope, offset = guided_lines(luma, luma, LUMA_RADIUS, variance + LEAST_VARIANCE).chunk(2, 1)
    smooth = slope * luma + offset
    change = smooth - luma + _colour_change(image - luma, smooth, variance)
    return image + change * (variance / (variance + LEAST_VARIANCE))


def _colour_change(colours: Tensor, luma: Tensor, variance: Tensor) -> Tensor:
    half_luma, half_colours, half_variance = (_halved(x) for x in (luma, colours, variance))
    mean = box_mean(half_colours, COLOUR_RADIUS)
    spread = (box_mean(half_colours.square(), COLOUR_RADIUS) - mean.square()).clamp_min(0)
    half_variance = half_variance + LEAST_VARIANCE
    share = half_variance / (half_variance + spread)
    lines = guided_lines(half_colours, half_luma, COLOUR_RADIUS, half_variance)
    doubled = F.interpolate(
        torch.cat([lines, box_mean(share, 1)], 1),
        scale_factor=2,
        mode='bilinear',
        align_corners=False,
    )
    slope, offset, share = doubled[..., : luma.shape[2], : luma.shape[3]].chunk(3, 1)
    return share * (slope * luma + offset - colours)


def _halved(image: Tensor) -> Tensor:
    """Means of 2 x 2 pixels, at the right and lower edge of those that are there."""
    return F.avg_pool2d(image, 2, ceil_mode=True, count_include_pad=False)
