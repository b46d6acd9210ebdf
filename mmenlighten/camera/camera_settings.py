"""All that chance decides of one photograph of the synthetic camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .darkness import KINDS, Colour, Darkness
from .development import draw_s_curve
from .exposure import draw_gamma
from .sensor_noise import SHOT_RANGE, SensorNoise


@dataclass(frozen=True)
class CameraSettings:
    """What is drawn before a picture is taken again; the rest is the same computation for all.

    Attributes:
        kind: Name of the kind of darkness.
        darkness: How much light falls where.
        gamma: By which the wanted picture differs from the photograph.
        scene_s_curve: How much of an S-curve the photograph has, and the wanted picture gets.
        saturation: Factor of the colours of the scene.
        gains: Of the channels: a white balance that is off.
        noise: Of the sensor.
        noise_gain: Factor of it; 0 is none.
        black: What is added to each channel, in linear light: crushed blacks (below 0) or a veil,
            and by how much the channel's own black is wrong.
        s_curve: How much of an S-curve the dark picture gets.
        late_noise: Deviation of noise behind the tone curve, in sRGB values.
        blur: Deviation of a blur of the dark picture in pixels; 0 is none.
        jpeg_quality: Of its file; None is a file without losses.
        seed: Of the noise of the pixels.
    """

    kind: str
    darkness: Darkness
    gamma: float
    scene_s_curve: float
    saturation: float
    gains: Colour
    noise: SensorNoise
    noise_gain: float
    black: Colour
    s_curve: float
    late_noise: float
    blur: float
    jpeg_quality: int | None
    seed: int

    @classmethod
    def draw(
        cls,
        kind: str,
        mean: float,
        random: np.random.Generator,
        noise_share: float = 1.0,
        jpeg_share: float = 0.0,
        shot_range: tuple[float, float] = SHOT_RANGE,
    ) -> CameraSettings:
        """Draws the settings for a photograph.

        Args:
            kind: One of `KINDS`. What is well lit keeps its exposure, colours and black, and has
                half of the noise.
            mean: Mean luma of the photograph in [0, 1].
            random: Source of the chance.
            noise_share: Share of the photographs with noise.
            jpeg_share: Share of those that go through JPEG, with a quality of 65 to 98.
            shot_range: As for :meth:`SensorNoise.draw`.
        """
        is_lit = kind == 'well_lit'
        amount = draw_s_curve(random)
        saturation, gains = (1.0, (1.0, 1.0, 1.0)) if is_lit else _draw_colours(random)
        noise_gain = float(random.random() < noise_share)
        black = (0.0, 0.0, 0.0) if is_lit else _draw_black(random)
        has_late_noise = not is_lit and random.random() < 0.3
        return cls(
            kind=kind,
            darkness=KINDS[kind].draw(random),
            gamma=1.0 if is_lit else draw_gamma(mean, random),
            scene_s_curve=amount,
            saturation=saturation,
            gains=gains,
            noise=SensorNoise.draw(random, shot_range),
            noise_gain=noise_gain * (0.5 if is_lit else 1.0),
            black=black,
            s_curve=amount if is_lit else amount * random.uniform(0.4, 1.0),
            late_noise=random.uniform(0, 0.006) if has_late_noise else 0.0,
            blur=random.uniform(0.3, 0.6) if random.random() < 0.1 else 0.0,
            jpeg_quality=int(random.uniform(65, 98)) if random.random() < jpeg_share else None,
            seed=int(random.integers(2**63)),
        )


def _draw_colours(random: np.random.Generator) -> tuple[float, Colour]:
    """Saturation U(0.75, 1.15); a white balance that is off by 8 %, for a fifth by 22 %."""
    saturation = random.uniform(0.75, 1.15)
    gains = np.exp(random.normal(0, 0.08 if random.random() < 0.8 else 0.22, 3))
    red, green, blue = (gains / gains.mean()).tolist()
    return saturation, (red, green, blue)


def _draw_black(random: np.random.Generator) -> Colour:
    """Crushed blacks for 30 %, a veil for 7 %; channels that are off besides for half of all."""
    chance, offset = random.random(), 0.0
    if chance < 0.37:
        offset = -random.uniform(0, 0.0015) if chance < 0.30 else random.uniform(0, 0.002)
    if random.random() >= 0.5:
        return offset, offset, offset
    red, green, blue = random.normal(offset, random.uniform(1e-4, 1.2e-3), 3).tolist()
    return red, green, blue
