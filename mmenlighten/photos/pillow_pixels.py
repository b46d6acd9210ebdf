"""Between Pillow's images and the arrays of a :class:`Photo`."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from .damaged_photo_error import DamagedPhotoError

_PLAIN = {'1': 'L', 'La': 'LA', 'RGBa': 'RGBA', 'RGBX': 'RGB', 'YCbCr': 'RGB'}


def split_pillow(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None, bool]:
    """The pixels uint8 (H, W, 3) RGB, alpha uint8 (H, W) or None, and whether it is gray.

    Raises:
        DamagedPhotoError: It has another kind of pixels than 8-bit gray, RGB, palette or CMYK.
    """
    if image.mode == 'CMYK':
        image = cmyk_to_rgb(image)
    elif image.mode in ('P', 'PA'):
        image = _without_palette(image)
    elif image.mode in _PLAIN:
        image = image.convert(_PLAIN[image.mode])
    if image.mode not in ('L', 'LA', 'RGB', 'RGBA'):
        raise DamagedPhotoError(
            f'pixels of the kind {image.mode} are not handled. Save it as gray or RGB.'
        )
    array = np.asarray(image)
    if image.mode == 'L':
        return gray_to_rgb(array), None, True
    if image.mode == 'LA':
        return gray_to_rgb(array[..., 0]), array[..., 1].copy(), True
    if image.mode == 'RGBA':
        return array[..., :3].copy(), array[..., 3].copy(), False
    return array.copy(), None, False


def to_pillow(array: np.ndarray) -> Image.Image:
    """An image of gray (H, W), gray and alpha (H, W, 2), RGB (H, W, 3) or RGBA; uint8."""
    return Image.fromarray(np.ascontiguousarray(array))


def gray_to_rgb(gray: np.ndarray) -> np.ndarray:
    """(H, W) to (H, W, 3) with three equal channels."""
    return np.repeat(gray[..., None], 3, axis=2)


def cmyk_to_rgb(image: Image.Image) -> Image.Image:
    """Converts by the image's colour profile to sRGB, or by plain subtraction without one."""
    profile = image.info.get('icc_profile')
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if source.profile.xcolor_space.strip() == 'CMYK':
                converted = ImageCms.profileToProfile(
                    image,
                    source,
                    ImageCms.createProfile('sRGB'),
                    renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                    outputMode='RGB',
                )
                if converted is not None:
                    return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged profile counts as none
    return image.convert('RGB')


def _without_palette(image: Image.Image) -> Image.Image:
    """Gray if the whole palette is gray and no RGB profile belongs to it, else RGB or RGBA."""
    profile = image.info.get('icc_profile')
    is_gray = profile is None or profile[16:20] == b'GRAY'
    colors = np.array(image.getpalette() or [], np.uint8).reshape(-1, 3)
    is_gray = is_gray and len(colors) > 0 and bool((colors == colors[:, :1]).all())
    has_alpha = image.mode == 'PA' or 'transparency' in image.info
    rgb = image.convert('RGBA' if has_alpha else 'RGB')
    if not is_gray:
        return rgb
    bands = rgb.split()
    return Image.merge('LA', (bands[0], bands[3])) if has_alpha else bands[0]
