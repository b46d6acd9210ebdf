"""Reads HEIC and HEIF, the photographs of telephones, by libheif in the package pillow-heif."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from .coded_colours import to_srgb
from .damaged_photo_error import DamagedPhotoError
from .high_dynamic_range import check_coded_range
from .iso_boxes import coded_colours
from .photo import Photo
from .pillow_pixels import gray_to_rgb
from .read_budget import ReadBudget
from .stale_parts import GAIN_MAP_NOTE, PICTURES_NOTE

_ROWS = 256


def read_heif(data: bytes, budget: ReadBudget) -> Photo:
    """Reads the main picture of a file; 10 and 12 bits become 16.

    Raises:
        DamagedPhotoError: It is of a high dynamic range, or too large.
        Exception: Whatever libheif raises for a damaged file.
    """
    import pillow_heif

    file = pillow_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    image = file[file.primary_index]
    budget.check_size(*image.size)
    if image.mode not in _CHANNELS:
        raise DamagedPhotoError(f'its pixels of the kind {image.mode} are not handled.')
    info: dict[str, Any] = image.info
    colours = coded_colours(data)
    check_coded_range(colours, info.get('icc_profile'))
    stored = np.array(image).reshape(*image.size[::-1], -1)
    if stored.dtype == np.uint16:
        _fill_16_bits(stored, info['bit_depth'])
    count = _CHANNELS[image.mode.partition(';')[0]]
    light = stored[..., :-1] if count in (2, 4) else stored
    pixels = gray_to_rgb(light[..., 0]) if count < 3 else np.ascontiguousarray(light)
    exif = info.get('exif')
    notes = [GAIN_MAP_NOTE] * any('hdrgainmap' in name for name in info.get('aux', {}))
    notes += [PICTURES_NOTE] * bool(len(file) > 1 or info.get('depth_images'))
    photo = Photo(
        pixels,
        bit_depth=8 * pixels.itemsize,
        alpha=stored[..., -1].copy() if count in (2, 4) else None,
        is_gray=count < 3,
        format='jpeg',
        icc_profile=info.get('icc_profile'),
        exif=exif.removeprefix(b'Exif\0\0') if exif else None,
        xmp=info.get('xmp') or None,
        lossless=False,
        notes=tuple(notes),
    )
    return to_srgb(photo, colours)


_CHANNELS = {
    mode + depth: count
    for mode, count in {'L': 1, 'LA': 2, 'RGB': 3, 'RGBA': 4}.items()
    for depth in ('', ';16')
}


def _fill_16_bits(values: np.ndarray, bits: int) -> None:
    """Spreads values that fill the upper bits over the whole range, in place: white is 65535."""
    for top in range(0, len(values), _ROWS):
        rows = values[top : top + _ROWS]
        rows |= rows >> bits
