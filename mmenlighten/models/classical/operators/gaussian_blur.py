"""Gaussian blur of any width, at a cost per pixel that does not depend on the width."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mmenlighten.utils.checks import check_choice, check_positive

Border = Literal['mirror', 'reflect', 'nearest', 'zeros']

BLOCK = 64
"""Samples that one matrix product makes."""

SAMPLES_PER_RADIUS = 28
"""Samples that the result is computed at for each radius of the kernel, at least."""


def gaussian_blur(
    image: Tensor, sigma: float, border: Border = 'mirror', truncate: float = 4.0
) -> Tensor:
    """Convolves each plane with a Gaussian of unit sum.

    The result is so smooth that it need not be computed at each pixel: it is, exactly, at 28 rows
    and columns for each radius of the kernel (at all of them if that is below 56), and between
    those bilinear. In photographs of 255 levels that costs at most 0.3 levels. A pass is a product
    with a banded matrix, block by block, in which the border is folded in: no padded copy is made,
    and an image may be smaller than the kernel.

    Args:
        image: (N, C, H, W), float32 or float64.
        sigma: Standard deviation in pixels.
        border: What lies outside of a row ``a b c d``: ``'mirror'``, ``d c b | a b c d | c b a``;
            ``'reflect'``, ``c b a | a b c d | d c b``; ``'nearest'``, ``a a | a b c d | d d``;
            ``'zeros'``, as the names are in SciPy.
        truncate: Radius of the kernel in standard deviations; it is rounded up to pixels.

    Returns:
        The same shape and type.

    Raises:
        ConfigError: Sigma is not positive, or the border is unknown.
    """
    check_positive(sigma=sigma)
    check_choice('border', border, get_args(Border))
    return blur_samples(image, sigma, border, truncate).rows(0, image.shape[2])


def blur_samples(
    image: Tensor, sigma: float, border: Border = 'mirror', truncate: float = 4.0
) -> BlurSamples:
    """As :func:`gaussian_blur`, without what lies between the samples."""
    step = max(1, int(truncate * sigma / SAMPLES_PER_RADIUS))
    height, width = image.shape[2:]
    planes = image.flatten(0, 1)
    columns = _blocks(width, step, sigma, border, truncate)
    few = torch.cat(
        [planes[:, :, start:end] @ _like(weights, image) for start, end, weights in columns], 2
    )
    rows = _blocks(height, step, sigma, border, truncate)
    few = torch.cat(
        [_like(weights, image).T @ few[:, start:end] for start, end, weights in rows], 1
    )
    return BlurSamples(few, step, image.shape)


@dataclass(frozen=True)
class BlurSamples:
    """A blurred image at some rows and columns.

    Args:
        values: (N C, rows, columns).
        step: Their distance.
        shape: That of the image, (N, C, H, W).
    """

    values: Tensor
    step: int
    shape: tuple[int, ...]

    def rows(self, start: int, end: int) -> Tensor:
        """Rows of the image, (N, C, end - start, W), by lines between the samples.

        ``torch.nn.functional.interpolate`` gives the same at several times the cost: here all rows
        but the samples' are made from whole rows.
        """
        batch, channels, _, width = self.shape
        if self.step == 1:
            return self.values[:, start:end].unflatten(0, (batch, channels))
        first, last = start // self.step, (end - 1) // self.step + 1
        few = self.values[:, first : last + 1]
        if few.shape[1] == last - first:  # the image ends at a sample
            few = torch.cat([few, few[:, -1:]], 1)
        size = (few.shape[2] - 1) * self.step + 1
        few = functional.interpolate(few, size, mode='linear', align_corners=True)[:, :, :width]
        part = torch.arange(self.step, device=few.device, dtype=few.dtype)[:, None] / self.step
        between = torch.lerp(few[:, :-1, None], few[:, 1:, None], part).flatten(1, 2)
        offset = start - first * self.step
        return between[:, offset : offset + end - start].unflatten(0, (batch, channels))


def gaussian_kernel(sigma: float, truncate: float = 4.0) -> np.ndarray:
    """Weights at the pixels from -radius to radius, of unit sum, float64."""
    radius = int(np.ceil(truncate * sigma))
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return weights / weights.sum()


@lru_cache(maxsize=32)
def _blocks(
    size: int, step: int, sigma: float, border: Border, truncate: float
) -> list[tuple[int, int, np.ndarray]]:
    """Start and end of the pixels that a block of samples needs, and their weights."""
    kernel = gaussian_kernel(sigma, truncate)
    radius = len(kernel) // 2
    count = (size - 1 + step - 1) // step + 1
    blocks = []
    for first in range(0, count, BLOCK):
        centres = np.arange(first, min(first + BLOCK, count)) * step
        pixels = centres[None] + np.arange(-radius, radius + 1)[:, None]
        index = _inside(pixels, size, border)
        is_inside = index >= 0
        start, end = index[is_inside].min(), index.max() + 1
        weights = np.zeros((end - start, len(centres)))
        samples = np.broadcast_to(np.arange(len(centres)), index.shape)
        amounts = np.broadcast_to(kernel[:, None], index.shape)
        np.add.at(weights, (index[is_inside] - start, samples[is_inside]), amounts[is_inside])
        blocks.append((int(start), int(end), weights))
    return blocks


def _inside(pixels: np.ndarray, size: int, border: Border) -> np.ndarray:
    """The pixel that stands for each; -1 where there is none."""
    if border == 'nearest':
        return pixels.clip(0, size - 1)
    if border == 'zeros':
        return np.where((pixels >= 0) & (pixels < size), pixels, -1)
    period = 2 * size if border == 'reflect' else max(2 * (size - 1), 1)
    last = period - 1 if border == 'reflect' else period
    pixels = pixels % period
    return np.where(pixels < size, pixels, last - pixels)


def _like(weights: np.ndarray, image: Tensor) -> Tensor:
    return torch.from_numpy(weights).to(image)
