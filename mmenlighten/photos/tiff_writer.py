"""Writes TIFF files of 8 and 16 bits."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from ..utils.errors import UserError
from .photo import ALPHA, Photo
from .stored_channels import stored_channels
from .tiff_directory import ORIENTATION, TiffDirectory, TiffField
from .tiff_reader import STRUCTURE

_STRIP_BYTES = 1 << 18
_DEFLATE, _DIFFERENCES = 8, 2
_LEVEL = 4  # as for PNG


def encode_tiff(photo: Photo) -> bytes:
    """A TIFF of strips, compressed without loss, with all metadata.

    The byte order is that of the EXIF data, whose values can then be copied as they are.

    Raises:
        UserError: The file would be larger than 4 GB.
    """
    array, extra = _channels(photo)
    page = TiffDirectory.first(photo.exif) if photo.exif else TiffDirectory('<')
    page.next_offset = 0
    page.fields = {
        tag: item
        for tag, item in page.fields.items()
        if tag not in STRUCTURE and tag != ORIENTATION
    }
    rows = max(1, _STRIP_BYTES // (array.itemsize * array.shape[1] * array.shape[2]))
    strips = [_packed(array[top : top + rows], page.order) for top in range(0, len(array), rows)]
    offsets, position = [], 8
    for strip in strips:
        offsets.append(position)
        position += len(strip) + len(strip) % 2
    if position > 0xF0000000:
        raise UserError('TIFF cannot hold more than 4 GB. Choose .png.')
    _add_structure(page, photo, array.shape, extra, rows)
    page.fields[273] = TiffField.of_numbers(page.order, 4, offsets)
    page.fields[279] = TiffField.of_numbers(page.order, 4, [len(strip) for strip in strips])
    magic = b'II*\0' if page.order == '<' else b'MM\0*'
    parts = [magic, struct.pack(f'{page.order}I', position)]
    for strip in strips:
        parts += [strip, b'\0' * (len(strip) % 2)]
    return b''.join([*parts, page.to_bytes(position)])


def _channels(photo: Photo) -> tuple[np.ndarray, tuple[int, ...]]:
    """All channels (H, W, channels), and what those behind the colours are."""
    if photo.bands is None:
        array = stored_channels(photo)
        array = array[..., None] if array.ndim == 2 else array
        return array, () if photo.alpha is None else (ALPHA,)
    light = photo.pixels[..., :1] if photo.is_gray else photo.pixels
    values, kinds = photo.bands.join(photo.alpha)
    return np.dstack([light, values]), kinds


def _packed(rows: np.ndarray, order: str) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]  # wraps around, as the reader's sum does
    return zlib.compress(differences.astype(f'{order}u{rows.itemsize}').tobytes(), _LEVEL)


def _add_structure(
    page: TiffDirectory,
    photo: Photo,
    shape: tuple[int, ...],
    extra: tuple[int, ...],
    strip_rows: int,
) -> None:
    height, width, channels = shape
    short = {
        258: [photo.bit_depth] * channels,
        259: [_DEFLATE],
        262: [1 if photo.is_gray else 2],
        ORIENTATION: [1],
        277: [channels],
        284: [1],
        317: [_DIFFERENCES],
    }
    if extra:
        short[338] = list(extra)
    for tag, values in short.items():
        page.fields[tag] = TiffField.of_numbers(page.order, 3, values)
    for tag, value in {256: width, 257: height, 278: strip_rows}.items():
        page.fields[tag] = TiffField.of_numbers(page.order, 4, [value])
    if photo.icc_profile:
        page.fields[34675] = TiffField.of_bytes(photo.icc_profile)
    if photo.xmp:
        page.fields[700] = TiffField.of_bytes(photo.xmp, kind=1)
    if photo.dpi and 282 not in page.fields:
        for tag, resolution in zip((282, 283), photo.dpi):
            thousandths = min(round(resolution * 1000), 0xFFFFFFFF)
            data = struct.pack(f'{page.order}II', thousandths, 1000)
            page.fields[tag] = TiffField(5, 1, data)
        page.fields[296] = TiffField.of_numbers(page.order, 3, [2])
    descriptions = [text for key, text in photo.text if key in ('Comment', 'Description')]
    if descriptions and 270 not in page.fields:
        page.fields[270] = TiffField.of_bytes(
            descriptions[0].encode('utf-8', 'replace') + b'\0', kind=2
        )
