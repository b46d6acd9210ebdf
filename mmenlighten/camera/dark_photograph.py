"""A photograph taken again with too little light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmenlighten.utils.array_or_tensor import Array
from mmenlighten.utils.srgb import luma_of, srgb_to_linear

from .camera_settings import CameraSettings
from .dark_scene import LUMINANCE, DarkScene
from .development import develop, to_display, undo_s_curve


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


def saturate(light: Array, gray: Array, saturation: float | Array) -> Array:
    """Colours farther from gray of the same luminance, or nearer to it; none below 0."""
    return (gray + (light - gray) * saturation).clip(0)
