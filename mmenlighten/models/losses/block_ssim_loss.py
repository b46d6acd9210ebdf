"""Structural dissimilarity of blocks of pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS

DEVIATION = 16 / 12
"""Of the Gaussian, in pixels, for any size of the blocks."""


@MODELS.register_module()
class BlockSSIMLoss(nn.Module):
    """``sum (1 - SSIM) / N`` over blocks that do not overlap, as SICE-net's authors have it.

    Each channel for itself. Within a block pixels are weighted by a Gaussian, whose centre is half
    a pixel behind that of the block, at index ``size / 2``. Blocks that the border cuts have black
    beyond it: their weights then add up to less than 1.

    Args:
        size: Side of the blocks in pixels.
        c1: Constant of the luminance, for images in [0, 1].
        c2: Constant of the structure; the authors' is not the usual 9e-4.
    """

    weights: Tensor

    def __init__(self, size: int = 8, c1: float = 1e-4, c2: float = 1e-3) -> None:
        super().__init__()
        self.size, self.c1, self.c2 = size, c1, c2
        distance = torch.arange(size, dtype=torch.float64) - size / 2
        bell = torch.exp(-distance.square() / (2 * DEVIATION**2))
        # In float64: rounded when used.
        self.weights = torch.outer(bell, bell) / bell.sum().square()

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares images (N, C, H, W) in [0, 1]; a scalar that grows with their size."""
        x, y = self._blocks(result), self._blocks(target)
        mean_x, mean_y = self._mean(x), self._mean(y)
        variance_x = self._mean(x**2) - mean_x**2
        variance_y = self._mean(y**2) - mean_y**2
        covariance = self._mean(x * y) - mean_x * mean_y
        luminance = (2 * mean_x * mean_y + self.c1) / (mean_x**2 + mean_y**2 + self.c1)
        structure = (2 * covariance + self.c2) / (variance_x + variance_y + self.c2)
        return (1 - luminance * structure).sum() / len(result)

    def _blocks(self, image: Tensor) -> Tensor:
        """From (N, C, H, W) to (N, C, rows, size, columns, size)."""
        down, right = (-side % self.size for side in image.shape[-2:])
        padded = F.pad(image, [0, right, 0, down])
        return padded.unflatten(-1, (-1, self.size)).unflatten(-3, (-1, self.size))

    def _mean(self, blocks: Tensor) -> Tensor:
        return torch.einsum('ncyixj,ij->ncyx', blocks, self.weights.to(blocks))
