"""A small square copy of an image of any size."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def fit_square(image: Tensor, side: int) -> Tensor:
    """Brings the longer side of images (N, C, H, W) to ``side``, and fills the rest of a square.

    Pixels are averaged with the triangle that ``F.interpolate(antialias=True)`` has for
    ``'bilinear'``; the shorter side is mirrored to the bottom or to the right, edge pixels
    included. An image whose longer side is ``side`` keeps its pixels exactly.

    Both are products with matrices, in which no step depends on the size: so a trace of them, as
    exporters take it, holds at any size.
    """
    height, width = image.shape[-2:]
    longest = torch.maximum(torch.as_tensor(height), torch.as_tensor(width))
    # In double: positions in a large image need more digits than those of an image in bfloat16.
    scale = longest.to(image.device, torch.float64) / side
    rows, columns = (_weights(size, scale, side).to(image.dtype) for size in (height, width))
    return (rows @ image @ columns.T).reshape(-1, image.shape[1], side, side)


def _weights(size: Any, scale: Tensor, side: int) -> Tensor:
    """Shares (side, size) that the pixels of an axis have in each of the ``side`` positions.

    Args:
        size: Pixels of the axis; while a trace is taken, a tensor.
        scale: Pixels for each position.
        side: Number of positions.
    """
    places = (torch.arange(side, dtype=torch.float64, device=scale.device) + 0.5) * scale
    places = size - (places % (2 * size) - size).abs()  # beyond the last pixel: back again
    pixels = torch.arange(size, device=scale.device) + 0.5
    distances = (places[:, None] - pixels).abs() / scale.clamp(min=1)
    shares = (1 - distances).clamp(min=0)
    return shares / shares.sum(1, keepdim=True)
