"""Scenes in too little light, for tensors: see `DarkScene` for single pictures."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.camera.dark_scene import fall_off, smoothstep
from mmenlighten.camera.darkness import (
    Backlit,
    Darkness,
    Lamp,
    Night,
    UnevenlyLit,
    WellLit,
)
from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS

from .filters import blur


def darken_scene(light: Tensor, luma: Tensor, darkness: Darkness) -> tuple[Tensor, Tensor]:
    """Takes light off a scene.

    Args:
        light: RGB (3, H, W), linear light in [0, 1], well exposed.
        luma: (H, W) of its sRGB values.
        darkness: How.

    Returns:
        The light as the camera is reached by it, and what is wanted.
    """
    if isinstance(darkness, Night):
        return _by_lamps(light, luma, darkness)
    if isinstance(darkness, UnevenlyLit):
        return light * torch.exp2(-(darkness.stops + _field(darkness, luma))), light
    if isinstance(darkness, Backlit):
        return light * torch.exp2(-_stops_of_backlit(darkness, luma)), light
    seen = light * 2.0**-darkness.stops
    return seen, seen if isinstance(darkness, WellLit) else light


def luminance(light: Tensor) -> Tensor:
    """Luminance (..., 1, H, W) of linear light (..., 3, H, W)."""
    red, green, blue = light.split(1, dim=-3)
    weight_red, weight_green, weight_blue = LUMINANCE_WEIGHTS
    return weight_red * red + weight_green * green + weight_blue * blue


def _field(darkness: UnevenlyLit, luma: Tensor) -> Tensor:
    cells = _to(luma, darkness.field)[None, None]
    field = F.interpolate(cells, size=luma.shape, mode='bicubic', align_corners=False)[0, 0]
    return field * (darkness.contrast / (field.abs().max() + 1e-6))


def _stops_of_backlit(darkness: Backlit, luma: Tensor) -> Tensor:
    shown = blur(luma[None], darkness.blur)[0]
    low, high = (torch.quantile(shown.flatten(), q) for q in (darkness.low, darkness.high))
    kept = smoothstep((shown - low) / (torch.maximum(low + darkness.LEAST_STEP, high) - low))
    return darkness.stops * (1 - kept) + darkness.kept_stops * kept


def _by_lamps(light: Tensor, luma: Tensor, night: Night) -> tuple[Tensor, Tensor]:
    height, width = luma.shape
    side = min(height, width)
    rows = torch.arange(height, device=light.device, dtype=light.dtype)[:, None]
    columns = torch.arange(width, device=light.device, dtype=light.dtype)
    lamps = torch.stack([torch.full_like(luma, value) for value in night.ambient])
    glow = torch.zeros_like(light)
    for lamp in night.lamps:
        place = _place(lamp, luma.flatten())
        distance = (rows - place // width) ** 2 + (columns - place % width) ** 2
        shine = fall_off(distance, side * lamp.reach, lamp.power)
        lamps += torch.stack([shine * value for value in lamp.colour])
        if lamp.spot > 0:
            radius = side * lamp.radius
            spot = lamp.spot * torch.exp(-distance / radius**2)
            spot = spot + fall_off(distance, 4 * radius, lamp.halo)
            glow += torch.stack([spot * value for value in lamp.colour])
    strength = luminance(lamps)
    cast = lamps / strength
    evened = (strength / strength.median()) ** night.evened
    return light * lamps + glow, light * evened * cast**night.KEPT_CAST + glow


def _place(lamp: Lamp, luma: Tensor) -> Tensor | int:
    if not lamp.is_at_light:
        return int(lamp.place * len(luma))
    # The same pixel as among the indices of the bright ones, whose number the host does not know.
    order = (luma >= torch.quantile(luma, 0.9)).cumsum(0)
    return (order <= (lamp.place * order[-1]).floor()).sum()


def _to(like: Tensor, values: tuple[tuple[float, ...], ...]) -> Tensor:
    """A small table on the device of a tensor, copied from memory that the GPU reads by itself."""
    table = torch.tensor(values, dtype=like.dtype)
    if like.device.type == 'cuda':
        table = table.pin_memory()
    return table.to(like.device, non_blocking=True)
