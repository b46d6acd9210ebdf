"""Decodes the strips and tiles of TIFF files.

No library at hand reads all of 8 and 16 bits, alpha of both kinds, tiles and separate planes
without changing values, so that their places are filled here; unpacking alone is left to zlib and
to the libtiff in Pillow.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import TiffImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN, ReadBudget
from .tiff_directory import TiffDirectory
from .tiff_layout import TiffLayout

_NONE, _LZW, _DEFLATE, _OLD_DEFLATE, _PACKBITS = 1, 5, 8, 32946, 32773
_REVERSED = bytes(int(f'{byte:08b}'[::-1], 2) for byte in range(256))
_PREDICTED = (_LZW, _DEFLATE, _OLD_DEFLATE)
COMPRESSIONS = (_NONE, _LZW, _DEFLATE, _OLD_DEFLATE, _PACKBITS)
"""The compressions that :func:`read_samples` undoes."""


def read_samples(data: bytes, page: TiffDirectory, budget: ReadBudget) -> np.ndarray:
    """All samples (H, W, channels) as stored, uint8 or uint16.

    Args:
        data: The file.
        page: Its directory, of 8 or 16 bits, with one of :data:`COMPRESSIONS`.
        budget: What the reading may cost.

    Raises:
        DamagedPhotoError: A strip or tile is missing or incomplete.
    """
    width, height, channels = page.number(256), page.number(257), page.number(277, 1)
    kind = np.dtype(f'{page.order}u{page.number(258) // 8}')
    layout = TiffLayout.of(page, len(data))
    columns, rows = layout.columns, layout.rows
    depth = 1 if layout.planes > 1 else channels
    compression = page.number(259, 1)
    # The others have none, whatever their tag says: libtiff does not look at it there.
    predictor = page.number(317, 1) if compression in _PREDICTED else 1
    if predictor not in (1, 2):
        raise DamagedPhotoError('its predictor is not known. Save it without compression.')
    result = np.empty((height, width, channels), kind.newbyteorder('='))
    places = [
        (plane, top, left)
        for plane in range(layout.planes)
        for top in range(0, height, rows)
        for left in range(0, width, columns)
    ]
    for (plane, top, left), offset, size in zip(places, layout.offsets, layout.sizes):
        budget.check_time()
        stored_rows = rows if layout.is_tiled else min(rows, height - top)
        row_bytes = columns * depth * kind.itemsize
        packed = data[offset : offset + size]
        if page.number(266, 1) == 2:  # the lowest bit of each byte comes first
            packed = packed.translate(_REVERSED)
        unpacked = _unpacked(packed, compression, row_bytes, stored_rows)
        block = np.frombuffer(unpacked, kind).reshape(stored_rows, columns, depth)
        block = block[: height - top, : width - left]
        if predictor == 2:  # differences to the pixel before, wrapping around
            block = np.cumsum(block, axis=1, dtype=result.dtype)
        area = result[top : top + rows, left : left + columns]
        area[..., plane : plane + depth] = block
    return result


def _unpacked(packed: bytes, compression: int, row_bytes: int, rows: int) -> bytes:
    length = row_bytes * rows
    if compression == _NONE:
        result = packed
    elif compression in (_DEFLATE, _OLD_DEFLATE):
        try:
            result = zlib.decompressobj().decompress(packed, length)
        except zlib.error as error:
            raise DamagedPhotoError(f'its pixels are damaged. {COPY_AGAIN}') from error
    else:
        result = _by_libtiff(packed, compression, row_bytes, rows)
    if len(result) < length:
        raise DamagedPhotoError(f'the file ends before the picture does. {COPY_AGAIN}')
    return result[:length]


def _by_libtiff(packed: bytes, compression: int, row_bytes: int, rows: int) -> bytes:
    """Unpacks bytes by declaring them the only strip of a plain 8-bit picture."""
    # As many channels as possible: Pillow limits the number of pixels.
    channels = next(number for number in (4, 3, 1) if row_bytes % number == 0)
    entries = [
        (256, 4, row_bytes // channels),
        (257, 4, rows),
        (258, 3, 8),
        (259, 3, compression),
        (262, 3, {1: 1, 3: 2, 4: 5}[channels]),
        (273, 4, 0),
        (277, 3, channels),
        (278, 4, rows),
        (279, 4, len(packed)),
    ]
    bits_at = 8 + 2 + 12 * len(entries) + 4
    header = b'II*\0' + struct.pack('<IH', 8, len(entries))
    for tag, kind, value in entries:
        count = channels if tag == 258 else 1
        if tag == 258 and channels > 2:
            kind_value = struct.pack('<I', bits_at)
        else:
            kind_value = struct.pack('<I', bits_at + 8 if tag == 273 else value)
        header += struct.pack('<HHI', tag, kind, count) + kind_value
    header += b'\0\0\0\0' + struct.pack('<4H', 8, 8, 8, 8)
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(header + packed))
    image.load()
    return image.tobytes()
