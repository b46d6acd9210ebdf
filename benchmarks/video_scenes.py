"""Scenes in the dark that move, made of one photograph, for the flicker of videos."""

from __future__ import annotations

import cv2
import numpy as np

from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear

READING_NOISE = 4.0  # electrons


def camera_frames(lights: list[np.ndarray], electrons: float) -> list[np.ndarray]:
    """What a camera makes of frames of light, of uint8.

    Args:
        lights: RGB (H, W, 3), linear, white at 1.
        electrons: That white would give a pixel.
    """
    rng = np.random.default_rng(0)
    seen = (
        rng.poisson(electrons * light) + rng.normal(0, READING_NOISE, light.shape)
        for light in lights
    )
    return [
        np.rint(linear_to_srgb(np.clip(frame / electrons, 0, 1)) * 255).astype(np.uint8)
        for frame in seen
    ]


def moving_scenes(photo: np.ndarray, count: int, share: float) -> dict[str, list[np.ndarray]]:
    """Frames of light, linear, of half the size of the photograph.

    Args:
        photo: RGB (H, W, 3), sRGB with white at 1.
        count: Frames of each scene.
        share: Of the light that the photograph shows.
    """
    light = share * srgb_to_linear(photo)
    height, width = (size // 4 * 2 for size in photo.shape[:2])
    still = _view(light, 0.3, 0.3, 1.4, height, width)
    other = _view(light[::-1, ::-1] * 2, 0.2, 0.2, 1.2, height, width)
    rows, columns = np.mgrid[:height, :width] / width
    times = np.arange(count) / count

    def lamp(time: float) -> np.ndarray:
        distance = (columns - 1.4 * time + 0.2) ** 2 + (rows - 0.3) ** 2
        near, glow = (np.exp(-distance / (2 * size**2))[..., None] for size in (0.15, 0.025))
        return still * (1 + 8 * near) + 0.9 * glow * np.array([1, 0.85, 0.6])

    return {
        'pan': [_view(light, 0.6 * t, 0.3, 1.4, height, width) for t in times],
        'pan that stops': [_view(light, 0.6 * min(t, 0.5), 0.3, 1.4, height, width) for t in times],
        'zoom': [_view(light, 0.5 * t, 0.5 * t, 2 - t, height, width) for t in times],
        'dawn': [still * 8 ** (t - 0.5) for t in times],
        'passing lamp': [lamp(t) for t in times],
        'cut': [still if t < 0.5 else other for t in times],
    }


def _view(
    light: np.ndarray, left: float, top: float, size: float, height: int, width: int
) -> np.ndarray:
    """A part of the light; its place and size are in units of the result's."""
    corner = [[size, 0, left * width], [0, size, top * height]]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    view = cv2.warpAffine(
        light, np.array(corner), (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT
    )
    return np.clip(view, 0, 1)
