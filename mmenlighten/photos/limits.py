"""Limits that are checked before memory is taken."""

from __future__ import annotations

import zlib

from .damaged_photo_error import DamagedPhotoError

_MAX_METADATA = 1 << 26  # bytes; a few kilobytes in a hostile file can unpack to gigabytes


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Refuses a photograph by the size in its header.

    Raises:
        DamagedPhotoError: It has no pixels, or more than ``max_pixels``.
    """
    if width <= 0 or height <= 0:
        raise DamagedPhotoError(
            f'its size of {width}x{height} pixels makes no sense. Copy it again.'
        )
    if width * height > max_pixels:
        raise DamagedPhotoError(
            f'its {width}x{height} pixels are more than the limit of '
            f'{max_pixels / 1e6:g} million. Raise the limit if you trust the file.'
        )


def unpack(data: bytes) -> bytes:
    """Undoes zlib's compression of metadata.

    Raises:
        DamagedPhotoError: It is damaged or unpacks to more than any real metadata.
    """
    decoder = zlib.decompressobj()
    try:
        result = decoder.decompress(data, _MAX_METADATA)
    except zlib.error as error:
        raise DamagedPhotoError('its metadata is damaged. Copy it again.') from error
    if decoder.unconsumed_tail or not decoder.eof:
        raise DamagedPhotoError('its metadata is damaged or too large. Copy it again.')
    return result
