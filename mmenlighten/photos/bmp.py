"""Reads and writes BMP files."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from PIL import BmpImagePlugin, Image

from .damaged_photo_error import DamagedPhotoError
from .photo import Photo
from .pillow_pixels import split_pillow, to_pillow
from .read_budget import COPY_AGAIN, ReadBudget
from .stored_channels import stored_channels

_LINE_END, _END, _SKIP = 0, 1, 2
_PIXELS_PER_BYTE, _FEW_PIXELS = 128, 1 << 20  # the most, without those that are skipped
_TOO_SHORT = f'the file ends before the picture does. {COPY_AGAIN}'
_CHECKED = 1 << 14  # runs between two looks at the clock


def unpack_rle(
    code: bytes, width: int, height: int, has_half_bytes: bool, budget: ReadBudget
) -> bytes:
    """Indices of the palette, row after row in the order of the file.

    Pixels that the file skips, as the format allows, are 0. Other than Pillow's decoder this one
    notices missing ones, and ends in time.

    Args:
        code: The file from where its pixels start.
        width: Pixels in a row.
        height: Rows.
        has_half_bytes: Whether a pixel has 4 bits instead of 8.
        budget: What the reading may cost.

    Raises:
        DamagedPhotoError: It ends before the mark of its end and before the last pixel.
    """
    if width * height > _PIXELS_PER_BYTE * len(code) + _FEW_PIXELS:
        raise DamagedPhotoError(_TOO_SHORT)
    result = bytearray(width * height)
    position, x, y, steps = 0, 0, 0, 0
    while position + 2 <= len(code):
        steps += 1
        if steps % _CHECKED == 0:
            budget.check_time()
        count, value = code[position], code[position + 1]
        position += 2
        if count:
            pair = bytes([value >> 4, value & 15]) if has_half_bytes else bytes([value]) * 2
            run = (pair * (count // 2 + 1))[:count]
        elif value == _LINE_END:
            x, y = 0, y + 1
            continue
        elif value == _END:
            return bytes(result)
        elif value == _SKIP:
            if position + 2 > len(code):
                break
            x, y = x + code[position], y + code[position + 1]
            position += 2
            continue
        else:
            size = -(-value // 2) if has_half_bytes else value
            run = code[position : position + size]
            if len(run) < size:
                break
            position += size + size % 2
            if has_half_bytes:
                run = bytes(part for byte in run for part in (byte >> 4, byte & 15))[:value]
        if y < height:
            run = run[: max(width - x, 0)]
            result[y * width + x : y * width + x + len(run)] = run
            x += len(run)
    if y >= height or (y == height - 1 and x >= width):  # only the mark of the end is missing
        return bytes(result)
    raise DamagedPhotoError(_TOO_SHORT)


_RLE8, _RLE4 = 1, 2


def read_bmp(data: bytes, budget: ReadBudget) -> Photo:
    """Reads a BMP as stored. A palette becomes its colours; no profile is read.

    Raises:
        DamagedPhotoError: It is incomplete or too large.
        Exception: Whatever Pillow raises for a damaged file.
    """
    if len(data) < 30:
        raise DamagedPhotoError('the file ends before the picture does. Copy it again.')
    image = BmpImagePlugin.BmpImageFile(io.BytesIO(data))
    budget.check_size(*image.size)
    pixels, alpha, is_gray = split_pillow(_decoded(image, data, budget))
    dpi = image.info.get('dpi')
    return Photo(
        pixels,
        alpha=alpha,
        is_gray=is_gray,
        format='bmp',
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None,
    )


def _decoded(image: BmpImagePlugin.BmpImageFile, data: bytes, budget: ReadBudget) -> Image.Image:
    compression = image.info['compression']
    if compression not in (_RLE8, _RLE4):
        image.load()
        return image
    _, _, start, arguments = image.tile[0]
    indices = unpack_rle(data[start:], *image.size, compression == _RLE4, budget)
    direction = arguments[-1] if isinstance(arguments, tuple) else -1  # from bottom to top
    rows = np.frombuffer(indices, np.uint8).reshape(image.height, image.width)[::direction]
    plain = Image.fromarray(np.ascontiguousarray(rows * 255 if image.mode == '1' else rows))
    if image.palette is not None:
        order, colors = image.palette.getdata()
        plain.putpalette(colors, order)
    return plain


def encode_bmp(photo: Photo) -> bytes:
    """A BMP file of 8-bit pixels with alpha and resolution; the format knows no other metadata."""
    if photo.alpha is not None:
        return _with_alpha(photo, photo.alpha)
    options: dict[str, Any] = {'dpi': tuple(value * 0.0254 for value in _per_meter(photo))}
    buffer = io.BytesIO()
    to_pillow(stored_channels(photo)).save(buffer, 'BMP', **options)
    return buffer.getvalue()


def _per_meter(photo: Photo) -> list[int]:
    return [min(round(value / 0.0254), 0x7FFFFFFF) for value in photo.dpi or (0, 0)]


def _with_alpha(photo: Photo, alpha: np.ndarray) -> bytes:
    """Version 4 of the header, which names the place of alpha; Pillow writes only version 3."""
    height, width = alpha.shape
    body = np.dstack([photo.pixels[..., ::-1], alpha])[::-1].tobytes()
    per_meter = _per_meter(photo)
    header_size = 108
    info = struct.pack(
        '<IiiHHIIiiII', header_size, width, height, 1, 32, 3, len(body), *per_meter, 0, 0
    )
    masks = struct.pack('<4I', 0x00FF0000, 0x0000FF00, 0x000000FF, 0xFF000000)
    rest = b'BGRs'.ljust(header_size - len(info) - len(masks), b'\0')  # 'sRGB' as a number
    start = 14 + header_size
    return (
        struct.pack('<2sIHHI', b'BM', start + len(body), 0, 0, start) + info + masks + rest + body
    )
