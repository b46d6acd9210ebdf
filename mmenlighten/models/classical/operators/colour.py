"""Colour spaces of floating-point images: HSV's value, and CIE Lab."""

from __future__ import annotations

import torch
from torch import Tensor

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear

XYZ_FROM_RGB = (
    (0.412453, 0.357580, 0.180423),
    (0.212671, 0.715160, 0.072169),
    (0.019334, 0.119193, 0.950227),
)
"""XYZ of linear sRGB under D65, in the digits that OpenCV uses."""

WHITE = (0.950456, 1.0, 1.088754)
"""XYZ of white."""

KNEE = 0.008856
"""Where the cube root of Lab becomes a line."""

SLOPE, OFFSET = 7.787, 16 / 116
"""The line."""


def hsv_value(image: Tensor) -> Tensor:
    """V of HSV: the largest channel of (N, 3, H, W), as (N, 1, H, W)."""
    return image.amax(1, keepdim=True)


def replace_value(image: Tensor, value: Tensor) -> Tensor:
    """Gives each pixel another V of HSV; hue and saturation stay exactly as they are.

    ``I V' / V``: what is left to do of HSV and back where only V changes. A black pixel has no
    hue and becomes grey.

    Args:
        image: RGB (N, 3, H, W), not negative.
        value: The new V, (N, 1, H, W).
    """
    old = hsv_value(image)
    is_black = old == 0
    gain = value / torch.where(is_black, 1, old)
    return torch.where(is_black, value, image * gain)


def rgb_to_lab(image: Tensor) -> tuple[Tensor, Tensor]:
    """CIE L*a*b* (D65) of sRGB images, as OpenCV defines it for floating point.

    Args:
        image: RGB (N, 3, H, W) in [0, 1].

    Returns:
        L in [0, 100], (N, 1, H, W), and a and b, (N, 2, H, W).
    """
    matrix = image.new_tensor(XYZ_FROM_RGB) / image.new_tensor(WHITE)[:, None]
    x, y, z = _mix(matrix, srgb_to_linear(image)).split(1, dim=1)
    root_x, root_y, root_z = (_root(part) for part in (x, y, z))
    lightness = torch.where(y > KNEE, 116 * root_y - 16, 903.3 * y)
    return lightness, torch.cat([500 * (root_x - root_y), 200 * (root_y - root_z)], 1)


def lab_to_rgb(lightness: Tensor, colours: Tensor) -> Tensor:
    """The sRGB image of CIE L*a*b* (D65); the inverse of :func:`rgb_to_lab`.

    Args:
        lightness: L in [0, 100], (N, 1, H, W).
        colours: a and b, (N, 2, H, W).

    Returns:
        RGB (N, 3, H, W); colours that sRGB does not have are clamped to [0, 1].
    """
    is_dark = lightness <= KNEE * 903.3
    root_y = torch.where(is_dark, SLOPE * lightness / 903.3 + OFFSET, (lightness + 16) / 116)
    y = torch.where(is_dark, lightness / 903.3, root_y**3)
    a, b = colours.split(1, dim=1)
    x, z = _cube(root_y + a / 500), _cube(root_y - b / 200)
    white = lightness.new_tensor(WHITE)[:, None, None]
    matrix = torch.linalg.inv(torch.tensor(XYZ_FROM_RGB, dtype=torch.float64)).to(lightness)
    return linear_to_srgb(_mix(matrix, torch.cat([x, y, z], 1) * white).clamp(0, 1))


def _mix(matrix: Tensor, image: Tensor) -> Tensor:
    return torch.einsum('ij,njhw->nihw', matrix, image)


def _root(part: Tensor) -> Tensor:
    curve = part.clamp_min(KNEE) ** (1 / 3)
    return torch.where(part > KNEE, curve, SLOPE * part + OFFSET)


def _cube(root: Tensor) -> Tensor:
    return torch.where(root > SLOPE * KNEE + OFFSET, root**3, (root - OFFSET) / SLOPE)
