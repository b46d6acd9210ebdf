"""Decodes TIFF files of the kinds that are left to Pillow and its libtiff."""

from __future__ import annotations

import dataclasses
import io
import struct

from PIL import Image, ImageChops, JpegImagePlugin, TiffImagePlugin

from .damaged_photo_error import DamagedPhotoError
from .jpeg_end import load_whole
from .read_budget import COPY_AGAIN, ReadBudget
from .tiff_directory import TiffDirectory, TiffField
from .tiff_layout import TiffLayout

_FAX, _JPEG = (2, 3, 4), 7
_JPEG_TABLES = 347
_END_OF_JPEG = b'\xff\xd9'
_NOISE = bytes.fromhex('932c715ac60f8be43d17a25069d84b1e')


def read_by_pillow(
    data: bytes, page: TiffDirectory, tags: frozenset[int], budget: ReadBudget
) -> Image.Image:
    """The decoded picture, as stored.

    Args:
        data: The file.
        page: Its directory.
        tags: Those that the decoder needs. Of others it would copy every value, and turn the
            picture as they say; of equal ones it takes the last instead of the first.
        budget: What the reading may cost.

    Raises:
        DamagedPhotoError: Pixels are missing, which libtiff would fill without a word.
        Exception: Whatever Pillow raises for a damaged file.
    """
    layout = TiffLayout.of(page, len(data))
    fields = {tag: page.fields[tag] for tag in tags if tag in page.fields}
    page = dataclasses.replace(page, fields=fields, children={})
    if page.number(259) == _JPEG:
        _check_jpegs(data, page, layout, budget)
    image = _decoded(data, page)
    # Complete code of a fax is not followed by more; incomplete code would go on with it.
    if page.number(259) in _FAX:
        noisy = _decoded(*_with_noise(data, page, layout))
        if ImageChops.difference(image.convert('L'), noisy.convert('L')).getbbox() is not None:
            raise DamagedPhotoError(f'the file ends before the picture does. {COPY_AGAIN}')
    return image


def _decoded(data: bytes, page: TiffDirectory) -> Image.Image:
    """Decodes a file as a directory says, which is put behind it."""
    start = len(data) + len(data) % 2
    parts = [data[:4], struct.pack(f'{page.order}I', start), data[8:].ljust(start - 8, b'\0')]
    whole = io.BytesIO(b''.join([*parts, page.to_bytes(start)]))
    try:
        image = TiffImagePlugin.TiffImageFile(whole)
    except SyntaxError as error:  # an unknown combination of colours, channels and bits
        raise DamagedPhotoError(
            'a TIFF of this kind is not handled. Save it as gray or RGB with 8 or 16 bits.'
        ) from error
    image.load()
    return image


def _with_noise(
    data: bytes, page: TiffDirectory, layout: TiffLayout
) -> tuple[bytes, TiffDirectory]:
    """The file and its directory with noise, and the code once more, behind each strip or tile."""
    parts, offsets, sizes, position = [data[:8]], [], [], 8
    for offset, size in zip(layout.offsets, layout.sizes):
        code = data[offset : offset + size]
        parts += [code, _NOISE, code]
        offsets.append(position)
        sizes.append(2 * size + len(_NOISE))
        position += sizes[-1]
    places, lengths = (324, 325) if layout.is_tiled else (273, 279)
    fields = {
        **page.fields,
        places: TiffField.of_numbers(page.order, 4, offsets),
        lengths: TiffField.of_numbers(page.order, 4, sizes),
    }
    return b''.join(parts), dataclasses.replace(page, fields=fields)


def _check_jpegs(data: bytes, page: TiffDirectory, layout: TiffLayout, budget: ReadBudget) -> None:
    """Refuses strips or tiles, each a JPEG whose tables may be stored once, that are not whole."""
    tables = bytes(page.fields[_JPEG_TABLES].data) if _JPEG_TABLES in page.fields else b'\xff\xd8'
    for offset, size in zip(layout.offsets, layout.sizes):
        budget.check_time()
        jpeg = tables.removesuffix(_END_OF_JPEG) + data[offset + 2 : offset + size]
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(jpeg))
        if image.width > layout.columns or image.height > layout.rows:
            raise DamagedPhotoError(f'its strips or tiles are damaged. {COPY_AGAIN}')
        load_whole(image, jpeg, budget)
