"""What JPEG takes away, for tensors: no file is written."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.utils.srgb import LUMA_WEIGHTS

# ISO/IEC 10918-1, tables K.1 and K.2, as libjpeg has them.
LUMA_STEPS = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMA_STEPS = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *(((99,) * 8,) * 4),
)
"""Steps of the coefficients of 8 x 8 pixels at quality 50."""


def through_jpeg(pictures: Tensor, qualities: Sequence[int]) -> Tensor:
    """Pictures as they are after JPEG, with chroma at half size, as cameras have it.

    Args:
        pictures: RGB (N, 3, H, W), whole numbers in [0, 255], float32.
        qualities: Of each picture, 1 to 100, on libjpeg's scale.

    Returns:
        The same kind of tensor. It differs from libjpeg's result by its roundings alone.
    """
    height, width = pictures.shape[-2:]
    padded = F.pad(pictures, (0, -width % 16, 0, -height % 16), mode='replicate')
    red, green, blue = padded.split(1, dim=1)
    of_red, of_green, of_blue = LUMA_WEIGHTS
    luma = of_red * red + of_green * green + of_blue * blue
    chroma = torch.cat([(blue - luma) / 1.772, (red - luma) / 1.402], dim=1)
    luma = _quantised(luma.round() - 128, LUMA_STEPS, qualities) + 128
    chroma = _quantised(F.avg_pool2d(chroma, 2).round(), CHROMA_STEPS, qualities)
    chroma = F.interpolate(chroma, scale_factor=2, mode='bilinear', align_corners=False)
    to_blue, to_red = chroma.split(1, dim=1)
    red, blue = luma + 1.402 * to_red, luma + 1.772 * to_blue
    green = (luma - of_red * red - of_blue * blue) / of_green
    decoded = torch.cat([red, green, blue], dim=1).round().clamp(0, 255)
    return decoded[..., :height, :width]


def _quantised(planes: Tensor, steps: Sequence[Sequence[int]], qualities: Sequence[int]) -> Tensor:
    """Planes (N, C, H, W) about 0 whose coefficients are rounded to multiples of their steps."""
    blocks = planes.unflatten(3, (-1, 8)).unflatten(2, (-1, 8)).transpose(3, 4)
    waves, table = _cosines(), _steps(steps, qualities)
    if planes.device.type == 'cuda':
        waves, table = waves.pin_memory(), table.pin_memory()
    waves, table = (part.to(planes.device, non_blocking=True) for part in (waves, table))
    coefficients = waves @ blocks @ waves.T
    rounded = (coefficients / table).round() * table
    pixels = (waves.T @ rounded @ waves).round().clamp(-128, 127)
    return pixels.transpose(3, 4).flatten(4, 5).flatten(2, 3)


def _cosines() -> Tensor:
    """The 8 x 8 matrix of the orthonormal cosine transform."""
    rows = [
        [math.cos((2 * place + 1) * wave * math.pi / 16) / 2 for place in range(8)]
        for wave in range(8)
    ]
    rows[0] = [1 / math.sqrt(8)] * 8
    return torch.tensor(rows)


def _steps(steps: Sequence[Sequence[int]], qualities: Sequence[int]) -> Tensor:
    """The steps (N, 1, 1, 1, 8, 8) at other qualities, rounded as by libjpeg."""
    percent = [5000 // q if q < 50 else 200 - 2 * q for q in qualities]
    scaled = torch.tensor(percent)[:, None, None] * torch.tensor(steps)
    return ((scaled + 50) // 100).clamp(1, 255).float()[:, None, None, None]
