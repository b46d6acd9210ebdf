"""Reads and writes PBM, PGM and PPM files."""

from __future__ import annotations

import io
import re

import numpy as np
from PIL import PpmImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .photo import Photo
from .pillow_pixels import gray_to_rgb, split_pillow
from .read_budget import ReadBudget
from .stored_channels import stored_channels

_SPACE = rb'(?:\s|#[^\n\r]*[\n\r])+'
_HEADER = re.compile(rb'P[1-6]' + _SPACE + rb'(\d{1,9})' + _SPACE + rb'(\d{1,9})')
_LARGEST = re.compile(_SPACE + rb'(\d{1,5})\s')
_HEADER_BYTES = 1 << 16


def read_ppm(data: bytes, budget: ReadBudget) -> Photo:
    """Reads plain and binary files; 256 levels or fewer become 8 bits, more become 16.

    Raises:
        DamagedPhotoError: It is damaged, incomplete or too large.
        Exception: Whatever Pillow raises for a damaged bitmap.
    """
    head = data[:_HEADER_BYTES]
    size = _HEADER.match(head)
    if size is None:
        raise DamagedPhotoError('its header is damaged. Copy it again.')
    width, height = int(size[1]), int(size[2])
    budget.check_size(width, height)
    kind = int(data[1:2])
    if kind in (1, 4):
        image = PpmImagePlugin.PpmImageFile(io.BytesIO(data))
        image.load()
        pixels, alpha, is_gray = split_pillow(image)
        return Photo(pixels, alpha=alpha, is_gray=is_gray, format='ppm')
    largest = _LARGEST.match(head, size.end())
    if largest is None or not 0 < int(largest[1]) < 65536:
        raise DamagedPhotoError('its header is damaged. Copy it again.')
    channels = 1 if kind in (2, 5) else 3
    count = width * height * channels
    levels = int(largest[1])
    values = _values(data[largest.end() :], count, levels, is_plain=kind in (2, 3))
    if len(values) < count or (len(values) and values.max() > levels):
        raise DamagedPhotoError(
            'the file ends before the picture does or is damaged. Copy it again.'
        )
    depth = 8 if levels < 256 else 16
    full = 255 if depth == 8 else 65535
    if levels != full:
        values = (values.astype(np.uint64) * (2 * full) + levels) // (2 * levels)
    pixels = values.astype(np.uint8 if depth == 8 else np.uint16).reshape(height, width, channels)
    if channels == 1:
        pixels = gray_to_rgb(pixels[..., 0])
    return Photo(pixels, bit_depth=depth, is_gray=channels == 1, format='ppm')


def encode_ppm(photo: Photo) -> bytes:
    """A binary PPM, or PGM if the photograph is gray; the format knows no metadata and no alpha."""
    pixels = stored_channels(photo)
    header = f'P{5 if photo.is_gray else 6}\n{pixels.shape[1]} {pixels.shape[0]}\n'
    header += f'{np.iinfo(pixels.dtype).max}\n'
    return header.encode() + pixels.astype(pixels.dtype.newbyteorder('>')).tobytes()


def _values(data: bytes, count: int, levels: int, is_plain: bool) -> np.ndarray:
    """The first ``count`` values, or fewer if there are fewer."""
    if not is_plain:
        kind = np.dtype('u1' if levels < 256 else '>u2')
        return np.frombuffer(data, kind, min(count, len(data) // kind.itemsize))
    words = re.sub(rb'#[^\n\r]*', b' ', data).split(maxsplit=count)[:count]
    try:
        return np.array([int(word) for word in words], np.int64).clip(-1, 65536).astype(np.uint32)
    except (ValueError, OverflowError) as error:
        raise DamagedPhotoError('a value in it is not a number. Copy it again.') from error
