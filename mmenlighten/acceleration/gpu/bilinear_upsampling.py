"""Bilinear upsampling by two."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.bilinear import source_position
from mmenlighten.utils.precision import HALF


def upsample(features: Tensor, align_corners: bool) -> Tensor:
    """Maps (N, C, H, W) as (N, C, 2H, 2W), as :func:`torch.nn.functional.interpolate` does.

    On a GPU in half precision, where that function turns maps into float32 under autocast and adds
    up its gradient at scattered places, each line is multiplied by a matrix instead. At full
    size the compiled gradient alone took an eighth of the training step (docs/training_speed.md).
    """
    if not (features.is_cuda and features.dtype in HALF):
        return F.interpolate(features, scale_factor=2, mode='bilinear', align_corners=align_corners)
    return upsample_by_products(features, align_corners)


def upsample_by_products(features: Tensor, align_corners: bool) -> Tensor:
    """The same as products of matrices, for maps whose channels lie side by side in memory."""
    number, channels, height, width = features.shape
    rows = _upsampling_matrix(height, align_corners, features)
    columns = _upsampling_matrix(width, align_corners, features)
    pixels = features.permute(0, 2, 3, 1)
    pixels = rows @ pixels.reshape(number, height, width * channels)
    pixels = columns @ pixels.reshape(number * 2 * height, width, channels)
    return pixels.reshape(number, 2 * height, 2 * width, channels).permute(0, 3, 1, 2)


def _upsampling_matrix(size: int, align_corners: bool, like: Tensor) -> Tensor:
    """(2 size, size): what each pixel of a line contributes to those of the upsampled line."""
    position = torch.arange(2 * size, device=like.device, dtype=torch.float64)
    source = source_position(position, size, align_corners)
    pixel = torch.arange(size, device=like.device, dtype=torch.float64)
    return (1 - (source[:, None] - pixel).abs()).clamp(min=0).to(like.dtype)
