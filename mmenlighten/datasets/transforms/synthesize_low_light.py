"""Makes pairs for training out of well-exposed photographs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.datasets.camera import (
    KINDS,
    SHOT_RANGE,
    SensorNoise,
    develop,
    draw_dark_scene,
    draw_s_curve,
    draw_to_normal_exposure,
    s_curve,
    undo_s_curve,
)
from mmenlighten.datasets.camera.dark_scene import LUMINANCE
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.srgb import linear_to_srgb, luma_of, srgb_to_linear

SHARES = dict(underexposed=0.44, unevenly_lit=0.12, backlit=0.14, night=0.12, well_lit=0.18)

LOW_KEY = 0.3
"""Mean luma below which photographs count as meant to be dark."""

LOW_KEY_SHARE = 0.6
"""Share of these that stay as they are."""


@TRANSFORMS.register_module()
class SynthesizeLowLight(BaseTransform):
    """Photographs ``results['normal']`` once more with too little light.

    Reads a well-exposed picture, uint8 RGB (H, W, 3). Writes

    * ``low``: uint8, what a camera delivers in the dark: noise, wrong colours, 8 bits, JPEG;
    * ``clean``: float32 in [0, 255], the same exposure without noise and JPEG;
    * ``normal``: float32 in [0, 255], what is wanted;
    * ``darkness``: which of :data:`~mmenlighten.datasets.camera.KINDS` it is.

    All light is computed linearly; each number is drawn anew for each sample (``docs/camera.md``).

    Args:
        shares: How often each kind of darkness comes; they need not add up to 1.
        noise_share: Share of the samples with noise.
        jpeg_share: Share of the samples that went through JPEG.
        shot_range: The least and the most variance of shot noise at white; read-out noise follows
            it (:class:`~mmenlighten.datasets.camera.SensorNoise`).
        low_key: Mean luma, in [0, 1], below which a photograph counts as meant to be dark.
        low_key_share: Share of these that become ``well_lit``, besides those drawn by ``shares``
            (which must have that kind); 0 treats them like all others.

    Raises:
        ConfigError: A kind is unknown, a share is negative, or the range of noise is none.
    """

    def __init__(
        self,
        shares: Mapping[str, float] | None = None,
        noise_share: float = 0.95,
        jpeg_share: float = 0.35,
        shot_range: tuple[float, float] = SHOT_RANGE,
        low_key: float = LOW_KEY,
        low_key_share: float = LOW_KEY_SHARE,
    ) -> None:
        self.shares = dict(SHARES if shares is None else shares)
        if unknown := set(self.shares) - set(KINDS):
            raise ConfigError(
                f'SynthesizeLowLight.shares names {", ".join(sorted(unknown))}: use '
                f'{", ".join(KINDS)}.'
            )
        if min(self.shares.values()) < 0 or sum(self.shares.values()) <= 0:
            raise ConfigError(
                f'SynthesizeLowLight.shares={self.shares}: none may be negative, nor all be 0.'
            )
        if len(shot_range) != 2 or not 0 < shot_range[0] <= shot_range[1]:
            raise ConfigError(
                f'SynthesizeLowLight.shot_range={shot_range}: give the least and the most '
                f'variance, both above 0, such as {SHOT_RANGE}.'
            )
        self.noise_share = noise_share
        self.jpeg_share = jpeg_share
        self.shot_range = (float(shot_range[0]), float(shot_range[1]))
        self.low_key = low_key
        self.low_key_share = low_key_share

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Makes one pair."""
        random = np.random.default_rng(np.random.randint(0, 2**32, 4, np.uint32))
        names, weights = zip(*self.shares.items())
        kind = str(random.choice(names, p=np.divide(weights, sum(weights))))
        normal = results['normal'].astype(np.float32) / 255
        is_low_key = luma_of(normal).mean() < self.low_key
        if self.shares.get('well_lit') and is_low_key and random.random() < self.low_key_share:
            kind = 'well_lit'
        is_lit = kind == 'well_lit'
        if not is_lit:
            normal = draw_to_normal_exposure(normal, random)

        # The scene: the camera's tone curve undone, in another light and saturation.
        amount = draw_s_curve(random)
        scene = srgb_to_linear(undo_s_curve(normal, amount)).astype(np.float32)
        dark = draw_dark_scene(kind, scene, luma_of(normal), random)
        light = dark.light if is_lit else _recoloured(dark.light, random)
        light = light.clip(0, 1)

        # The sensor: noise, and a black level that is wrong by a little in each channel.
        clean, noisy = light, light
        if random.random() < self.noise_share:
            noise = SensorNoise.draw(random, self.shot_range).sample(light, random)
            noisy = light + (noise * np.float32(0.5) if is_lit else noise)
        if not is_lit:
            offset = np.full(3, _black_offset(random), np.float32)
            if random.random() < 0.5:
                error = random.normal(0, random.uniform(1e-4, 1.2e-3), 3)
                offset += error.astype(np.float32)
            clean, noisy = clean + offset, noisy + offset

        # The development, and the file.
        used = amount if is_lit else amount * random.uniform(0.4, 1.0)
        clean, noisy = _to_display(clean, used), _to_display(noisy, used)
        if not is_lit and random.random() < 0.3:  # of what the camera does after its tone curve
            deviation = np.float32(random.uniform(0, 0.006))
            noisy = noisy + deviation * random.standard_normal(noisy.shape, dtype=np.float32)
        if random.random() < 0.1:
            noisy = cv2.GaussianBlur(noisy, (0, 0), random.uniform(0.3, 0.6))
        results['low'] = develop(noisy, random, self.jpeg_share)
        results['clean'] = clean * np.float32(255)
        results['normal'] = _to_display(dark.wanted, amount) * np.float32(255)
        results['darkness'] = kind
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(shares={self.shares}, noise_share={self.noise_share}, '
            f'jpeg_share={self.jpeg_share}, shot_range={self.shot_range}, '
            f'low_key={self.low_key}, low_key_share={self.low_key_share})'
        )


def _to_display(light: np.ndarray, amount: float) -> np.ndarray:
    return s_curve(linear_to_srgb(light.clip(0, 1)).astype(np.float32), amount)


def _recoloured(light: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Saturation U(0.75, 1.15); a white balance that is off by 8 %, for a fifth by 22 %."""
    gray = (light @ LUMINANCE)[..., None]
    light = np.maximum(gray + (light - gray) * np.float32(random.uniform(0.75, 1.15)), 0)
    gains = np.exp(random.normal(0, 0.08 if random.random() < 0.8 else 0.22, 3))
    return light * (gains / gains.mean()).astype(np.float32)


def _black_offset(random: np.random.Generator) -> float:
    """Crushed blacks for 30 %, a veil for 7 %."""
    chance = random.random()
    if chance < 0.30:
        return -random.uniform(0, 0.0015)
    return random.uniform(0, 0.002) if chance < 0.37 else 0.0
