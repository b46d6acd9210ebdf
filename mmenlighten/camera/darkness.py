"""Kinds of darkness: how much light falls where. Here are the chances of all their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmenlighten.utils.srgb import LUMINANCE_WEIGHTS

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Underexposed:
    """All of it is too dark alike: a short exposure.

    Attributes:
        stops: How many are missing.
    """

    stops: float

    @classmethod
    def draw(cls, random: np.random.Generator) -> Underexposed:
        """Draws one."""
        return cls(_stops(random))


@dataclass(frozen=True)
class UnevenlyLit:
    """Besides, light falls off smoothly.

    Attributes:
        stops: How many are missing on the whole.
        field: Squares of 2 to 4 cells each way; enlarged to the picture, they say where more or
            fewer are missing.
        contrast: How many more or fewer at most.
    """

    stops: float
    field: tuple[tuple[float, ...], ...]
    contrast: float

    @classmethod
    def draw(cls, random: np.random.Generator) -> UnevenlyLit:
        """Draws one."""
        cells = int(random.integers(2, 5))
        field = tuple(map(tuple, random.normal(0, 1, (cells, cells)).tolist()))
        return cls(_stops(random), field, random.uniform(0.4, 1.6))


@dataclass(frozen=True)
class Backlit:
    """The exposure is right for the bright parts: a smoothstep of luma keeps them.

    Attributes:
        blur: Deviation, in pixels, by which luma is blurred before; 0 keeps bright pixels,
            others keep areas.
        low: Share of the pixels that are below the smoothstep.
        high: Share of the pixels that are below its end.
        stops: How many are missing in the dark parts.
        kept_stops: How many are missing in the bright parts.
    """

    blur: float
    low: float
    high: float
    stops: float
    kept_stops: float

    LEAST_STEP = 0.15
    """Of luma between the beginning and the end of the smoothstep."""

    @classmethod
    def draw(cls, random: np.random.Generator) -> Backlit:
        """Draws one."""
        return cls(
            blur=random.uniform(2, 12) if random.random() >= 0.35 else 0.0,
            low=random.uniform(0.2, 0.6),
            high=random.uniform(0.85, 0.995),
            stops=float(np.clip(random.normal(3.0, 0.9), 1.2, 5.0)),
            kept_stops=random.uniform(0, 0.8),
        )


@dataclass(frozen=True)
class Lamp:
    """A lamp lights with ``power / (1 + (distance / reach)^2)^1.5``.

    Attributes:
        is_at_light: Whether it stands at one of the brightest tenth of the pixels, or anywhere.
        place: Which of these pixels, from 0 to 1.
        colour: Of its light, with luminance 1.
        reach: As a share of the short side of the picture.
        power: Of its light where it stands; 1 is full light.
        radius: Of the lamp as it is seen, as a share of the short side.
        spot: Brightness of its picture; 0 where the lamp itself is not seen.
        halo: Brightness of the glow around it.
    """

    is_at_light: bool
    place: float
    colour: Colour
    reach: float
    power: float
    radius: float
    spot: float
    halo: float

    @classmethod
    def draw(cls, random: np.random.Generator) -> Lamp:
        """Draws one; every other is seen itself, as a spot and its glow."""
        is_seen = random.random() < 0.5
        return cls(
            is_at_light=random.random() < 0.7,
            place=random.random(),
            colour=_colour(random, -0.2, 1.0),
            reach=random.uniform(0.05, 0.35),
            power=float(np.exp(random.uniform(np.log(0.15), np.log(2.0)))),
            radius=random.uniform(0.01, 0.05),
            spot=random.uniform(0.5, 2) if is_seen else 0.0,
            halo=random.uniform(0, 0.15) if is_seen else 0.0,
        )


@dataclass(frozen=True)
class Night:
    """One to four lamps in a dark place; what they do not reach stays dark in the wanted picture.

    Attributes:
        ambient: Light in each channel where no lamp is: 2^-N(4.6, 1.1) of full light.
        lamps: The lamps.
        evened: In the wanted picture the order of light stays, its contrast to this power.
    """

    ambient: Colour
    lamps: tuple[Lamp, ...]
    evened: float

    KEPT_CAST = 0.4
    """Share of the lamps' colour that stays in the wanted picture, as a power."""

    @classmethod
    def draw(cls, random: np.random.Generator) -> Night:
        """Draws one."""
        ambient = 2.0 ** -float(np.clip(random.normal(4.6, 1.1), 2.5, 7))
        red, green, blue = _colour(random, -0.6, 0.4)
        return cls(
            ambient=(ambient * red, ambient * green, ambient * blue),
            lamps=tuple(Lamp.draw(random) for _ in range(random.integers(1, 5))),
            evened=random.uniform(0.12, 0.30),
        )


@dataclass(frozen=True)
class WellLit:
    """Nothing is missing, and nothing is to be changed.

    Attributes:
        stops: How many are missing, also in the wanted picture.
    """

    stops: float

    @classmethod
    def draw(cls, random: np.random.Generator) -> WellLit:
        """Draws one."""
        return cls(random.uniform(-0.1, 0.8))


Darkness = Underexposed | UnevenlyLit | Backlit | Night | WellLit

KINDS: dict[str, type[Darkness]] = {
    'underexposed': Underexposed,
    'unevenly_lit': UnevenlyLit,
    'backlit': Backlit,
    'night': Night,
    'well_lit': WellLit,
}
"""Kinds of darkness by their names."""


def _stops(random: np.random.Generator) -> float:
    """How many stops are missing: 1.8 to 7 evenly, or most often about 4."""
    if random.random() < 0.6:
        return random.uniform(1.8, 7.0)
    return float(np.clip(random.normal(3.9, 1.5), 1.5, 6.8))


def _colour(random: np.random.Generator, coolest: float, warmest: float) -> Colour:
    """A colour of light with luminance 1: -1 is bluish, 1 that of sodium lamps."""
    warmth = np.array([0.45, 0.0, -0.75]) * random.uniform(coolest, warmest)
    colour = np.exp(warmth + random.normal(0, 0.09, 3))
    red, green, blue = (colour / (colour @ LUMINANCE_WEIGHTS)).tolist()
    return red, green, blue
