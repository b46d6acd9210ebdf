"""A scene in too little light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS, Array

from .darkness import Backlit, Darkness, Lamp, Night, UnevenlyLit, WellLit

LUMINANCE = np.array(LUMINANCE_WEIGHTS, np.float32)


@dataclass(frozen=True)
class DarkScene:
    """A scene in too little light, and what is wanted of it.

    Attributes:
        light: RGB (H, W, 3), float32, linear light as the camera is reached by it; white is 1.
        wanted: The same with enough light.
    """

    light: np.ndarray
    wanted: np.ndarray

    @classmethod
    def of(cls, light: np.ndarray, luma: np.ndarray, darkness: Darkness) -> DarkScene:
        """Takes light off a scene.

        Args:
            light: RGB (H, W, 3), float32, linear light in [0, 1], well exposed.
            luma: (H, W) of its sRGB values.
            darkness: How.
        """
        if isinstance(darkness, Night):
            return cls(*_by_lamps(light, luma, darkness))
        if isinstance(darkness, UnevenlyLit):
            factor = np.exp2(-(darkness.stops + _field(darkness, luma)))[..., None]
        elif isinstance(darkness, Backlit):
            factor = np.exp2(-_stops_of_backlit(darkness, luma))[..., None]
        else:
            seen = light * 2.0**-darkness.stops
            return cls(seen, seen if isinstance(darkness, WellLit) else light)
        return cls(light * factor, light)


def smoothstep(values: Array) -> Array:
    """From 0 to 1, level at both ends; what is beyond is clipped."""
    values = values.clip(0, 1)
    return values * values * (3 - 2 * values)


def fall_off(distance: Array, reach: float, power: float) -> Array:
    """Light of a lamp at the squares of distances from it."""
    return power / (1 + distance / reach**2) ** 1.5


def _field(darkness: UnevenlyLit, luma: np.ndarray) -> np.ndarray:
    cells = np.array(darkness.field, np.float32)
    field = cv2.resize(cells, luma.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return field * (darkness.contrast / (np.abs(field).max() + np.float32(1e-6)))


def _stops_of_backlit(darkness: Backlit, luma: np.ndarray) -> np.ndarray:
    shown = luma if darkness.blur == 0 else cv2.GaussianBlur(luma, (0, 0), darkness.blur)
    low, high = np.quantile(shown, (darkness.low, darkness.high)).tolist()
    kept = smoothstep((shown - low) / (max(low + darkness.LEAST_STEP, high) - low))
    return darkness.stops * (1 - kept) + darkness.kept_stops * kept


def _by_lamps(light: np.ndarray, luma: np.ndarray, night: Night) -> tuple[np.ndarray, np.ndarray]:
    height, width = luma.shape
    side = min(height, width)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    lamps = np.array(night.ambient, np.float32) * np.ones((height, width, 1), np.float32)
    glow = np.zeros_like(light)
    bright = np.flatnonzero(luma >= np.quantile(luma, 0.9))
    for lamp in night.lamps:
        place = _place(lamp, bright, luma.size)
        distance = (rows - place // width) ** 2 + (columns - place % width) ** 2
        colour = np.array(lamp.colour, np.float32)
        lamps += fall_off(distance, side * lamp.reach, lamp.power)[..., None] * colour
        if lamp.spot > 0:
            radius = side * lamp.radius
            spot = lamp.spot * np.exp(-distance / radius**2)
            spot += fall_off(distance, 4 * radius, lamp.halo)
            glow += spot[..., None] * colour
    strength = (lamps @ LUMINANCE)[..., None]
    cast = lamps / strength
    evened = (strength / np.median(strength)) ** night.evened
    return light * lamps + glow, light * evened * cast**night.KEPT_CAST + glow


def _place(lamp: Lamp, bright: np.ndarray, pixels: int) -> int:
    if lamp.is_at_light:
        return int(bright[int(lamp.place * len(bright))])
    return int(lamp.place * pixels)
