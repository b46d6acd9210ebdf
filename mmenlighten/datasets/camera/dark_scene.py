"""Kinds of darkness: how much light falls where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS

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


Draw = Callable[[np.ndarray, np.ndarray, np.random.Generator], DarkScene]


def draw_dark_scene(
    kind: str, light: np.ndarray, luma: np.ndarray, random: np.random.Generator
) -> DarkScene:
    """Takes light off a scene.

    Args:
        kind: One of `KINDS`.
        light: RGB (H, W, 3), float32, linear light in [0, 1], well exposed.
        luma: (H, W) of its sRGB values.
        random: Source of the chance.
    """
    return KINDS[kind](light, luma, random)


def _stops(random: np.random.Generator) -> float:
    """How many stops are missing: 1.8 to 7 evenly, or most often about 4."""
    if random.random() < 0.6:
        return float(random.uniform(1.8, 7.0))
    return float(np.clip(random.normal(3.9, 1.5), 1.5, 6.8))


def _exposed(light: np.ndarray, stops: np.ndarray | float) -> np.ndarray:
    factor = np.exp2(-np.asarray(stops, np.float32))
    return light * (factor[..., None] if factor.ndim else factor)


def underexposed(light: np.ndarray, luma: np.ndarray, random: np.random.Generator) -> DarkScene:
    """All of it is too dark alike: a short exposure."""
    return DarkScene(_exposed(light, _stops(random)), light)


def unevenly_lit(light: np.ndarray, luma: np.ndarray, random: np.random.Generator) -> DarkScene:
    """Besides, light falls off smoothly: a field of 2 to 4 cells, by 0.4 to 1.6 stops."""
    cells = int(random.integers(2, 5))
    field = random.normal(0, 1, (cells, cells)).astype(np.float32)
    field = cv2.resize(field, luma.shape[::-1], interpolation=cv2.INTER_CUBIC)
    field *= random.uniform(0.4, 1.6) / (np.abs(field).max() + 1e-6)
    return DarkScene(_exposed(light, _stops(random) + field), light)


def backlit(light: np.ndarray, luma: np.ndarray, random: np.random.Generator) -> DarkScene:
    """The exposure is right for the bright parts: a smoothstep of luma keeps them."""
    shown = luma
    if random.random() >= 0.35:  # what keeps light is an area, not each bright pixel
        shown = cv2.GaussianBlur(luma, (0, 0), random.uniform(2, 12))
    low = float(np.quantile(shown, random.uniform(0.2, 0.6)))
    high = max(low + 0.15, float(np.quantile(shown, random.uniform(0.85, 0.995))))
    kept = np.clip((shown - low) / (high - low), 0, 1)
    kept = kept * kept * (3 - 2 * kept)
    stops = np.clip(random.normal(3.0, 0.9), 1.2, 5.0) * (1 - kept)
    return DarkScene(_exposed(light, stops + random.uniform(0, 0.8) * kept), light)


def night(light: np.ndarray, luma: np.ndarray, random: np.random.Generator) -> DarkScene:
    """One to four lamps in a dark place; what they do not reach stays dark in the wanted picture.

    Ambient light is 2^-N(4.6, 1.1) of full light and coloured. A lamp lights with
    ``p / (1 + (d / s)^2)^1.5``; every other one is seen itself, as a spot and its glow.
    """
    height, width = luma.shape
    side = min(height, width)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    ambient = np.float32(2.0 ** -np.clip(random.normal(4.6, 1.1), 2.5, 7))
    lamps = ambient * _lamp_colour(random, -0.6, 0.4) * np.ones((height, width, 1), np.float32)
    glow = np.zeros_like(light)
    bright = np.flatnonzero(luma >= np.quantile(luma, 0.9))
    for _ in range(random.integers(1, 5)):
        is_at_light = random.random() < 0.7
        place = int(random.choice(bright) if is_at_light else random.integers(luma.size))
        distance = (rows - place // width) ** 2 + (columns - place % width) ** 2
        colour = _lamp_colour(random, -0.2, 1.0)
        reach = side * random.uniform(0.05, 0.35)
        power = np.exp(random.uniform(np.log(0.15), np.log(2.0)))
        lamps += _fall_off(distance, reach, power)[..., None] * colour
        if random.random() < 0.5:
            radius = side * random.uniform(0.01, 0.05)
            spot = np.float32(random.uniform(0.5, 2)) * np.exp(-distance / np.float32(radius**2))
            spot += _fall_off(distance, 4 * radius, random.uniform(0, 0.15))
            glow += spot[..., None] * colour
    strength = (lamps @ LUMINANCE)[..., None]
    cast = lamps / strength
    # Wanted: the order of light stays, at a fifth of its contrast, and 40 % of the lamps' colour.
    evened = (strength / np.median(strength)) ** np.float32(random.uniform(0.12, 0.30))
    return DarkScene(light * lamps + glow, light * evened * cast ** np.float32(0.4) + glow)


def well_lit(light: np.ndarray, luma: np.ndarray, random: np.random.Generator) -> DarkScene:
    """Nothing is missing, and nothing is to be changed."""
    seen = light * np.float32(2.0 ** random.uniform(-0.8, 0.1))
    return DarkScene(seen, seen)


def _fall_off(distance: np.ndarray, reach: float, power: float) -> np.ndarray:
    return np.float32(power) / (1 + distance / np.float32(reach**2)) ** np.float32(1.5)


def _lamp_colour(random: np.random.Generator, coolest: float, warmest: float) -> np.ndarray:
    """A colour of light with luminance 1: -1 is bluish, 1 that of sodium lamps."""
    warmth = np.array([0.45, 0.0, -0.75]) * random.uniform(coolest, warmest)
    colour = np.exp(warmth + random.normal(0, 0.09, 3)).astype(np.float32)
    return colour / (colour @ LUMINANCE)


KINDS: dict[str, Draw] = {
    'underexposed': underexposed,
    'unevenly_lit': unevenly_lit,
    'backlit': backlit,
    'night': night,
    'well_lit': well_lit,
}
"""Kinds of darkness by their names."""
