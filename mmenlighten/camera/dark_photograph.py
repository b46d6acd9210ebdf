"""A photograph taken again with too little light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.srgb import Array, luma_of, srgb_to_linear

from .camera_settings import CameraSettings
from .dark_scene import LUMINANCE, DarkScene
from .development import develop, to_display, undo_s_curve
from .sensor_noise import SensorNoise


@dataclass(frozen=True)
class DarkPhotograph:
    """What the synthetic camera makes of a well-exposed photograph; RGB (H, W, 3).

    Attributes:
        low: uint8, what a camera delivers in the dark: noise, wrong colours, 8 bits, JPEG.
        clean: float32 in [0, 255], the same exposure without noise and JPEG.
        normal: float32 in [0, 255], what is wanted.
    """

    low: np.ndarray
    clean: np.ndarray
    normal: np.ndarray

    @classmethod
    def take(cls, photograph: np.ndarray, settings: CameraSettings) -> DarkPhotograph:
        """Takes a photograph, uint8 RGB (H, W, 3), again."""
        normal = (photograph.astype(np.float32) / 255) ** settings.gamma

        # The scene: the camera's tone curve undone, less light, other colours.
        scene = srgb_to_linear(undo_s_curve(normal, settings.scene_s_curve))
        dark = DarkScene.of(scene, luma_of(normal), settings.darkness)
        light = dark.light
        if settings.kind != 'well_lit':
            gains = np.array(settings.gains, np.float32)
            light = saturate(light, (light @ LUMINANCE)[..., None], settings.saturation) * gains
        light = light.clip(0, 1)

        # The sensor: noise, and a black level that is wrong by a little in each channel.
        random = np.random.default_rng(settings.seed)
        clean = light + np.array(settings.black, np.float32)
        noisy = clean
        if settings.noise_gain:
            noisy = clean + settings.noise.sample(light, random) * settings.noise_gain

        # The development, and the file.
        clean, noisy = (to_display(part, settings.s_curve) for part in (clean, noisy))
        if settings.late_noise:  # of what the camera does after its tone curve
            noisy = noisy + settings.late_noise * random.standard_normal(
                noisy.shape, dtype=np.float32
            )
        if settings.blur:
            noisy = cv2.GaussianBlur(noisy, (0, 0), settings.blur)
        wanted = to_display(dark.wanted, settings.scene_s_curve)
        return cls(develop(noisy, settings.jpeg_quality), 255 * clean, 255 * wanted)


def darken_photograph(
    image: np.ndarray,
    exposure: float,
    random: np.random.Generator,
    full_well: float = 10_000.0,
    read_noise: float = 5.0,
) -> np.ndarray:
    """Simulates a photograph of the same scene with less light: exposure and white noise alone.

    Args:
        image: The normal-light picture, uint8 RGB (H, W, 3).
        exposure: Share of the light that is left, above 0; 1/4 to 1/16 give low-light pictures.
        random: Source of the noise.
        full_well: Photoelectrons of a pixel at white; the fewer, the more shot noise.
        read_noise: Standard deviation of the read-out noise in electrons.

    Returns:
        The low-light picture, uint8 RGB (H, W, 3).

    Raises:
        ConfigError: ``exposure`` is not positive.
    """
    check_positive(exposure=exposure)
    light = srgb_to_linear(image.astype(np.float32) / 255) * exposure
    noise = SensorNoise(shot=1 / full_well, read=(read_noise / full_well) ** 2, kind='white')
    return develop(to_display(light + noise.sample(light, random), 0.0), jpeg_quality=None)


def saturate(light: Array, gray: Array, saturation: float | Array) -> Array:
    """Colours farther from gray of the same luminance, or nearer to it; none below 0."""
    return (gray + (light - gray) * saturation).clip(0)
