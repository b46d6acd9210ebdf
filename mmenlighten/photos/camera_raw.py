"""Develops the raw files of cameras, by LibRaw in the package rawpy."""

from __future__ import annotations

import io
from functools import cache

import numpy as np

from mmenlighten.utils.srgb import linear_to_srgb

from .camera_raw_exif import camera_data
from .photo import Photo
from .pillow_pixels import gray_to_rgb
from .read_budget import ReadBudget


def read_camera_raw(data: bytes, budget: ReadBudget) -> Photo:
    """Develops a file at 16 bits: white balance of the camera, no other brightness, sRGB, upright.

    Raises:
        DamagedPhotoError: It is too large.
        Exception: Whatever LibRaw raises for what is damaged, or of a kind that it does not know.
    """
    import rawpy

    with rawpy.imread(io.BytesIO(data)) as raw:
        sizes = raw.sizes
        budget.check_size(sizes.width, sizes.height)
        light = raw.postprocess(
            use_camera_wb=True,
            no_auto_bright=True,
            gamma=(1, 1),  # linear
            output_bps=16,
            output_color=rawpy.ColorSpace.sRGB,
        )
        exif = camera_data(data, _preview(raw), light.shape[1], light.shape[0])
    is_gray = light.ndim == 2 or light.shape[2] == 1  # of a sensor without colours
    light = gray_to_rgb(light.reshape(light.shape[:2])) if is_gray else light
    return Photo(_srgb_values()[light], 16, is_gray=is_gray, format='tiff', exif=exif)


def _preview(raw: object) -> bytes:
    """The JPEG in the file, empty if there is none; it has camera data that LibRaw adds if not."""
    import rawpy

    try:
        preview = raw.extract_thumb()  # type: ignore[attr-defined]
    except rawpy.LibRawError:
        return b''
    return preview.data if preview.format == rawpy.ThumbFormat.JPEG else b''


@cache
def _srgb_values() -> np.ndarray:
    """Values of 16 bits by those in linear light."""
    unit = np.arange(1 << 16) / 65535
    return np.rint(linear_to_srgb(unit) * 65535).astype(np.uint16)
