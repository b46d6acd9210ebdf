"""Reads and writes WebP files."""

from __future__ import annotations

import io
from typing import Any, Literal

from PIL import WebPImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .photo import Photo
from .pillow_pixels import split_pillow, to_pillow
from .read_budget import SAVE_AGAIN, ReadBudget
from .stale_parts import CREDENTIALS_NOTE
from .stored_channels import stored_channels

_MAX_CHUNKS = 1 << 14  # real files have a dozen
_QUALITY = 90  # the files do not tell theirs


def read_webp(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a WebP as stored.

    Raises:
        DamagedPhotoError: It is animated, incomplete or too large.
        Exception: Whatever Pillow raises for a damaged file.
    """
    if int.from_bytes(data[4:8], 'little') + 8 > len(data):
        raise DamagedPhotoError('the file ends before the picture does. Copy it again.')
    budget.check_size(*header_size(data))
    names = _chunk_names(data)
    image = WebPImagePlugin.WebPImageFile(io.BytesIO(data))
    if getattr(image, 'n_frames', 1) > 1:
        raise DamagedPhotoError('it is animated, and only single pictures are handled.')
    budget.check_size(*image.size)
    image.load()
    pixels, alpha, _ = split_pillow(image)
    exif = image.info.get('exif')
    return Photo(
        pixels,
        alpha=alpha,
        format='webp',
        icc_profile=image.info.get('icc_profile'),
        exif=exif.removeprefix(b'Exif\0\0') if exif else None,
        xmp=image.info.get('xmp'),
        lossless=b'VP8L' in names,
        notes=(CREDENTIALS_NOTE,) if b'C2PA' in names else (),
    )


def encode_webp(photo: Photo, quality: Literal['keep'] | int = 'keep') -> bytes:
    """A WebP file of 8-bit pixels, without loss if the photograph came without any.

    Args:
        photo: The photograph, of 8 bits.
        quality: 1 to 100 for a lossy file, or 'keep': 90 if the photograph came from a lossy one.
    """
    options: dict[str, Any] = {
        'lossless': quality == 'keep' and photo.lossless,
        'quality': _QUALITY if quality == 'keep' else quality,
        'exact': True,  # keeps the colours under transparent parts
    }
    if photo.icc_profile:
        options['icc_profile'] = photo.icc_profile
    if photo.exif:
        options['exif'] = photo.exif
    if photo.xmp:
        options['xmp'] = photo.xmp
    image = to_pillow(stored_channels(photo))
    buffer = io.BytesIO()
    image.convert('RGB' if photo.alpha is None else 'RGBA').save(buffer, 'WEBP', **options)
    return buffer.getvalue()


def header_size(data: bytes) -> tuple[int, int]:
    """Width and height from the header; (1, 1) where the decoder will have to tell."""
    kind, body = data[12:16], data[20:30]
    if kind == b'VP8X' and len(body) == 10:
        return (int.from_bytes(body[4:7], 'little') + 1, int.from_bytes(body[7:10], 'little') + 1)
    if kind == b'VP8L' and len(body) == 10:
        bits = int.from_bytes(body[1:5], 'little')
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b'VP8 ' and len(body) == 10:
        sides = (int.from_bytes(body[6:8], 'little'), int.from_bytes(body[8:10], 'little'))
        return (sides[0] & 0x3FFF, sides[1] & 0x3FFF)
    return (1, 1)


def _chunk_names(data: bytes) -> set[bytes]:
    """Names of the chunks of the file.

    Raises:
        DamagedPhotoError: There are countless chunks, each of which libwebp would keep in a list.
    """
    names, position, count = set(), 12, 0
    while position + 8 <= len(data):
        names.add(data[position : position + 4])
        length = int.from_bytes(data[position + 4 : position + 8], 'little')
        position, count = position + 8 + length + length % 2, count + 1
        if count > _MAX_CHUNKS:
            raise DamagedPhotoError(f'it has more than {_MAX_CHUNKS} chunks. {SAVE_AGAIN}')
    return names
