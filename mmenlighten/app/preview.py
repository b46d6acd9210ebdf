"""Small pictures for the screen."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from mmenlighten.photos import Photo
from mmenlighten.utils.atomic import write_bytes

PREVIEW_SIDE = 1600
THUMBNAIL_SIDE = 320
JPEG_QUALITY = 88


def on_screen(pixels: np.ndarray, photo: Photo, alpha: np.ndarray | None) -> np.ndarray:
    """The colours that a screen shows, which browsers take for sRGB.

    Args:
        pixels: Small picture (H, W, 3), RGB, uint8, with the values of the photograph.
        photo: The photograph, whose colour profile counts.
        alpha: Small opacity (H, W), uint8; where it is 0, white shows.

    Returns:
        (H, W, 3), RGB, uint8.
    """
    pixels = _to_srgb(pixels, photo.icc_profile)
    if alpha is not None:
        opacity = alpha[..., None] / np.float32(255)
        pixels = np.rint(pixels * opacity + 255 * (1 - opacity)).astype(np.uint8)
    return pixels


def write_jpeg(pixels: np.ndarray, path: Path) -> None:
    """Writes a small picture (H, W, 3), RGB, uint8."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, 'JPEG', quality=JPEG_QUALITY)
    write_bytes(path, buffer.getbuffer())


def _to_srgb(pixels: np.ndarray, profile: bytes | None) -> np.ndarray:
    if profile is None:
        return pixels
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        is_gray = source.profile.xcolor_space.strip() == 'GRAY'
        image = Image.fromarray(np.ascontiguousarray(pixels[..., 0]) if is_gray else pixels)
        target = ImageCms.createProfile('sRGB')
        converted = ImageCms.profileToProfile(image, source, target, outputMode='RGB')
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return pixels  # a broken profile, or one of another kind, which viewers ignore too
    return pixels if converted is None else np.asarray(converted)
