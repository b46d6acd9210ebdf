"""Lab and HSV of 8-bit images in whole numbers, exactly as OpenCV computes them.

Its 8-bit conversions round at each step, and what a histogram makes of a level depends on these
roundings. This is the same arithmetic in batches and on any device; tensors are int64.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear

from .colour import WHITE, XYZ_FROM_RGB

FORWARD_BITS, LINEAR_STEPS = 12, 8
"""Lab: fraction bits of the matrices; linear light has 255 times so many levels."""

INVERSE_ONE, INVERSE_LEVELS = 1 << 14, 4096
"""RGB from Lab: what stands for 1, and the levels of linear light."""

LEAST_ROOT = -8145
"""The least argument of the table of cubes."""

HUES = 180
"""8-bit hue is in steps of 2 degrees."""


def rgb_to_lab(levels: Tensor) -> Tensor:
    """OpenCV's ``COLOR_RGB2LAB`` for 8 bits.

    Args:
        levels: RGB (N, 3, H, W), int64 in 0..255.

    Returns:
        255 / 100 L, a + 128, b + 128; (N, 3, H, W), int64 in 0..255.
    """
    linear, roots, matrix = (table.to(levels.device) for table in _lab_tables())
    parts = _mix(matrix, linear[levels])
    x, y, z = roots[_descale(parts, FORWARD_BITS)].unbind(1)
    shift = FORWARD_BITS + 3
    lightness = (116 * 255 + 50) // 100 * y - ((16 * 255 << shift) + 50) // 100
    a, b = 500 * (x - y) + (128 << shift), 200 * (y - z) + (128 << shift)
    return _descale(torch.stack([lightness, a, b], 1), shift).clamp(0, 255)


def lab_to_rgb(lab: Tensor) -> Tensor:
    """OpenCV's ``COLOR_LAB2RGB`` for 8 bits; see :func:`rgb_to_lab`."""
    roots, lights, cubes, encoded, matrix = (t.to(lab.device) for t in _inverse_tables())
    lightness, a, b = lab.unbind(1)
    root = roots[lightness]
    # a / 500 and b / 200 in fixed point.
    root_x = root + ((5 * a * 53687 + (1 << 7)) >> 13) - 128 * INVERSE_ONE // 500
    root_z = root - ((b * 41943 + (1 << 4)) >> 9) + 128 * INVERSE_ONE // 200 - 1
    x, z = cubes[root_x - LEAST_ROOT], cubes[root_z - LEAST_ROOT]
    mixed = _mix(matrix, torch.stack([x, lights[lightness], z], 1))
    return encoded[_descale(mixed, 14).clamp(0, INVERSE_LEVELS - 1)]


def rgb_to_hsv(levels: Tensor) -> Tensor:
    """OpenCV's ``COLOR_RGB2HSV`` for 8 bits.

    Args:
        levels: RGB (N, 3, H, W), int64 in 0..255.

    Returns:
        Hue in 0..179, saturation and value in 0..255; (N, 3, H, W), int64.
    """
    saturations, hues = (table.to(levels.device) for table in _hsv_tables())
    red, green, blue = levels.unbind(1)
    value = levels.amax(1)
    spread = value - levels.amin(1)
    hue = torch.where(value == green, blue - red + 2 * spread, red - green + 4 * spread)
    hue = torch.where(value == red, green - blue, hue)
    hue = _descale(hue * hues[spread], FORWARD_BITS)
    saturation = _descale(spread * saturations[value], FORWARD_BITS)
    return torch.stack([torch.where(hue < 0, hue + HUES, hue), saturation, value], 1)


def hsv_to_rgb(hsv: Tensor) -> Tensor:
    """OpenCV's ``COLOR_HSV2RGB`` for 8 bits; see :func:`rgb_to_hsv`.

    Levels are cut, not rounded, as its vector code does. It rounds what is left over at the end of
    a row, fewer pixels than a vector of the processor has, which differ by one level.
    """
    hue, saturation, value = hsv.float().unbind(1)
    sixth, saturation, value = hue * (6 / HUES), saturation * (1 / 255), value * (1 / 255)
    sector = sixth.floor()
    rest = sixth - sector
    least = value * (1 - saturation)
    falling, rising = value * (1 - saturation * rest), value * (1 - saturation * (1 - rest))
    shades = torch.stack([value, least, falling, rising], 1)
    order = torch.tensor(
        [[0, 3, 1], [2, 0, 1], [1, 0, 3], [1, 2, 0], [3, 1, 0], [0, 1, 2]], device=hsv.device
    )
    chosen = order[sector.long() % 6].movedim(-1, 1)
    return (shades.gather(1, chosen) * 255).long()


def _mix(matrix: Tensor, parts: Tensor) -> Tensor:
    rows = [sum(weight * part for weight, part in zip(row, parts.unbind(1))) for row in matrix]
    return torch.stack([torch.as_tensor(row) for row in rows], 1)


def _descale(values: Tensor, bits: int) -> Tensor:
    return (values + (1 << (bits - 1))) >> bits


def _rounded(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.rint(values).astype(np.int64))


@lru_cache(maxsize=1)
def _lab_tables() -> tuple[Tensor, Tensor, Tensor]:
    """Linear light of levels, roots of linear light, and the matrix from RGB to XYZ / white."""
    linear = srgb_to_linear(np.arange(256) / 255)
    light = np.arange(256 * 3 // 2 * LINEAR_STEPS) / (255 * LINEAR_STEPS)
    root = np.where(light < 0.008856, light * 7.787 + 16 / 116, np.cbrt(light))
    matrix = np.array(XYZ_FROM_RGB) / np.array(WHITE)[:, None]
    return (
        _rounded(255 * LINEAR_STEPS * linear),
        _rounded(root * (1 << (FORWARD_BITS + 3))),
        _rounded(matrix * (1 << FORWARD_BITS)),
    )


@lru_cache(maxsize=1)
def _inverse_tables() -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Roots and light of each L, cubes of roots, levels of linear light, and the matrix."""
    lightness = np.arange(256) * 100 / 255
    is_dark = lightness < 8
    root = np.where(is_dark, lightness / 116 + 16 / 116, (lightness + 16) / 116)
    light = np.where(is_dark, lightness * (27 / 29**3), root**3)
    argument = np.arange(LEAST_ROOT, LEAST_ROOT + INVERSE_ONE * 9 // 4)
    # Whole numbers that are cut, not rounded, at each step.
    line = np.trunc(argument * 108 / 841).astype(np.int64) - INVERSE_ONE * 16 // 116 * 108 // 841
    cube = argument * argument // INVERSE_ONE * argument // INVERSE_ONE
    encoded = linear_to_srgb(np.arange(INVERSE_LEVELS) / INVERSE_LEVELS)
    matrix = np.linalg.inv(np.array(XYZ_FROM_RGB)) * np.array(WHITE)
    return (
        _rounded(root * INVERSE_ONE),
        _rounded(light * INVERSE_ONE),
        torch.from_numpy(np.where(argument <= 3390, line, cube)),
        _rounded(255 * encoded),
        _rounded(matrix * (1 << FORWARD_BITS)),
    )


@lru_cache(maxsize=1)
def _hsv_tables() -> tuple[Tensor, Tensor]:
    """255 / value and 30 / spread in fixed point; 0 for 0."""
    divisor = np.arange(1, 256)
    saturations, hues = ((top << FORWARD_BITS) / divisor for top in (255, HUES // 6))
    return _rounded(np.r_[0, saturations]), _rounded(np.r_[0, hues])
