"""Writes PNG files of 8 and 16 bits."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np

from .photo import Photo
from .pillow_pixels import to_pillow
from .png_chunks import Chunk, join_chunks, parse_chunks, text_chunk
from .stored_channels import stored_channels

_LEVEL = 4  # of zlib: files 1 % larger than at its usual 6 in less than half of the time


def encode_png(photo: Photo) -> bytes:
    """A PNG file of the photograph's depth, with all its metadata."""
    chunks = _pixel_chunks(stored_channels(photo))
    return join_chunks([chunks[0], *_metadata(photo), *chunks[1:]])


def _pixel_chunks(array: np.ndarray) -> list[Chunk]:
    channels = 1 if array.ndim == 2 else array.shape[2]
    if array.dtype == np.uint16 and channels >= 3:
        order = [2, 1, 0, 3][:channels]
        parameters = [cv2.IMWRITE_PNG_COMPRESSION, _LEVEL]
        done, encoded = cv2.imencode('.png', array[..., order], parameters)
        if not done:
            raise ValueError('OpenCV cannot encode the picture.')
        return _bare(parse_chunks(encoded.tobytes())[0])
    relabel = b''
    if array.dtype == np.uint16:
        # No library writes gray with alpha in 16 bits. Its bytes are those of 8-bit RGBA, as those
        # of 16-bit gray are of 8-bit gray with alpha, so that only the header must be changed.
        array = array.astype('>u2').view(np.uint8).reshape(*array.shape[:2], 2 * channels)
        relabel = bytes([16, 0 if channels == 1 else 4])
    buffer = io.BytesIO()
    to_pillow(array).save(buffer, 'PNG', compress_level=_LEVEL)
    chunks = _bare(parse_chunks(buffer.getvalue())[0])
    if relabel:
        header = chunks[0][1]
        chunks[0] = ('IHDR', header[:8] + relabel + header[10:])
    return chunks


def _bare(chunks: list[Chunk]) -> list[Chunk]:
    return [chunk for chunk in chunks if chunk[0] in ('IHDR', 'IDAT', 'IEND')]


def _metadata(photo: Photo) -> list[Chunk]:
    chunks: list[Chunk] = list(photo.native) if photo.format == 'png' else []
    if photo.icc_profile:
        # A profile and the mark of sRGB contradict each other.
        chunks = [chunk for chunk in chunks if chunk[0] != 'sRGB']
        chunks.append(('iCCP', b'ICC profile\0\0' + zlib.compress(photo.icc_profile)))
    if photo.dpi:
        per_meter = [min(round(value / 0.0254), 0x7FFFFFFF) for value in photo.dpi]
        chunks.append(('pHYs', struct.pack('>IIB', *per_meter, 1)))
    if photo.exif:
        chunks.append(('eXIf', photo.exif))
    if photo.xmp:
        chunks.append(('iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + photo.xmp))
    return chunks + [text_chunk(key, value) for key, value in photo.text]
