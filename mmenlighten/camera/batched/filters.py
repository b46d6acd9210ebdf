"""Filters of single pictures (C, H, W)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.camera.sensor_noise import GREEN, LEAST_BLUR, MOSAIC, RED_BLUE


def blur(image: Tensor, sigma: float) -> Tensor:
    """OpenCV's ``GaussianBlur``, with its size of the kernel and its mirrored border."""
    if sigma < LEAST_BLUR:
        return image
    radius = min((round(8 * sigma + 1) | 1) // 2, min(image.shape[-2:]) - 1)
    distance = torch.arange(-radius, radius + 1, device=image.device, dtype=image.dtype)
    kernel = torch.exp(-(distance**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    padded = F.pad(image[:, None], (radius,) * 4, mode='reflect')
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1))
    return F.conv2d(rows, kernel.view(1, 1, -1, 1))[:, 0]


def demosaic(noise: Tensor) -> Tensor:
    """An RGGB mosaic of the values (3, H, W), and its bilinear interpolation."""
    mosaic = torch.zeros_like(noise)
    for row, column, channel in MOSAIC:
        mosaic[channel, row::2, column::2] = noise[channel, row::2, column::2]
    padded = F.pad(mosaic[None], (1, 1, 1, 1), mode='reflect')
    # Of numbers, not by a tensor from the host, for which the GPU would be waited for.
    channels = [
        sum(
            weight
            * padded[:, channel, row : row + noise.shape[1], column : column + noise.shape[2]]
            for row, weights in enumerate(kernel.tolist())
            for column, weight in enumerate(weights)
            if weight
        )
        for channel, kernel in enumerate((RED_BLUE, GREEN, RED_BLUE))
    ]
    return torch.cat([torch.as_tensor(channel) for channel in channels])
