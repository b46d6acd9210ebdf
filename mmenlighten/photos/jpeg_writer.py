"""Writes JPEG files."""

from __future__ import annotations

import io
import struct
import threading
from typing import Any, Literal

from PIL import Image, ImageFile

from ..utils.errors import UserError
from .jpeg_metadata import LONGEST, XMP, exif_segments
from .photo import Photo
from .pillow_pixels import to_pillow
from .stale_parts import TRAILER
from .stored_channels import stored_channels

_TOO_LONG = 'JPEG cannot hold metadata of more than 64 kB a piece. Choose .png.'
_QUALITY = 95  # for photographs that were no JPEG before
_BYTES_PER_VALUE = 2  # twice of what pure noise takes; memory that is not written to is not taken
_block_lock = threading.Lock()  # the size of blocks is one for the whole process


def encode_jpeg(photo: Photo, quality: Literal['keep'] | int = 'keep') -> bytes:
    """A JPEG file of 8-bit pixels without alpha, with all metadata.

    Args:
        photo: The photograph, of 8 bits and without alpha.
        quality: 1 to 100, or 'keep' for the quantisation tables and the subsampling that it came
            with; 95 without subsampling if it came from no JPEG.

    Raises:
        UserError: A part of the metadata is longer than the format can hold.
    """
    exif, *more_exif = exif_segments(photo.exif or b'') or [b'']
    if more_exif and photo.format != 'jpeg':
        raise UserError(_TOO_LONG)  # few programs read it from more than one segment
    comments = [value for key, value in photo.text if key == 'Comment']
    comment = comments[0].encode('utf-8', 'surrogateescape') if comments else b''
    if more_exif:  # Pillow would write only one segment, behind the others
        segments, exif = [(0xE1, part) for part in (exif, *more_exif)], b''
    else:
        segments = []
    if photo.xmp:
        segments.append((0xE1, XMP + photo.xmp))
    native = photo.native if photo.format == 'jpeg' else ()
    segments += [(0xE0 + int(name[3:]), piece) for name, piece in native if name != TRAILER]
    if max([len(exif), len(comment), *(len(content) for _, content in segments)]) > LONGEST:
        raise UserError(_TOO_LONG)
    options: dict[str, Any] = {
        'quality': _QUALITY if quality == 'keep' else quality,
        'subsampling': photo.jpeg.subsampling if photo.jpeg else 0,
        'progressive': photo.jpeg.progressive if photo.jpeg else False,
        'extra': b''.join(
            struct.pack('>BBH', 0xFF, marker, len(content) + 2) + content
            for marker, content in segments
        ),
    }
    if quality == 'keep' and photo.jpeg:
        # A quality beside them would scale the tables; -1 is none.
        options.update(qtables=[list(table) for table in photo.jpeg.tables], quality=-1)
    if photo.is_gray:
        options['subsampling'] = -1
        options['qtables'] = options['qtables'][:1] if 'qtables' in options else None
    if photo.dpi:
        options['dpi'] = tuple(min(round(value), 65535) for value in photo.dpi)
    if photo.icc_profile:
        options['icc_profile'] = photo.icc_profile
    if exif:
        options['exif'] = exif
    if comment:
        options['comment'] = comment
    trailer = [piece for name, piece in native if name == TRAILER]
    return b''.join([_saved(to_pillow(stored_channels(photo)), options), *trailer])


def _saved(image: Image.Image, options: dict[str, Any]) -> bytes:
    # One block must hold all metadata, and all of a progressive file; Pillow expects too little.
    needed = 2 * sum(len(item) for item in options.values() if isinstance(item, bytes))
    if options['progressive']:
        needed += _BYTES_PER_VALUE * 3 * image.width * image.height
    buffer = io.BytesIO()
    with _block_lock:
        usual = ImageFile.MAXBLOCK
        ImageFile.MAXBLOCK = usual + needed
        try:
            image.save(buffer, 'JPEG', **options)
        finally:
            ImageFile.MAXBLOCK = usual
    return buffer.getvalue()
