"""Makes EXIF data for a developed picture of the camera data in its raw file."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable

from .damaged_photo_error import DamagedPhotoError
from .jpeg_metadata import JpegMetadata
from .jpeg_segments import jpeg_segments
from .read_budget import ReadBudget
from .tiff_directory import EXIF, GPS, ORIENTATION, TiffDirectory, TiffField

_TIFF = {
    b'II*\0': b'II*\0', b'MM\0*': b'MM\0*', b'IIRO': b'II*\0', b'IIRS': b'II*\0',
    b'MMOR': b'MM\0*', b'IIU\0': b'II*\0',
}  # fmt: skip
"""Starts of files that are laid out as TIFF, under other names at Olympus and Panasonic."""

# Description, camera, date, program, author and rights; what TIFF/EP has outside of the EXIF
# directory. All else of the first directory tells how the raw values are stored.
_KEPT = (270, 271, 272, 305, 306, 315, 33432, 33434, 33437, 34855, 36867, 37386)
_NOTES, _COMMENT = 37500, 37510
_WIDTH, _HEIGHT, _COLOR_SPACE = 40962, 40963, 40961
_SRGB = 1
_MOST_BYTES = 1 << 14  # of a value; larger ones are previews and tables


def camera_data(data: bytes, preview: bytes, width: int, height: int) -> bytes | None:
    """EXIF data for the developed picture, without the notes of the maker, which go by place.

    Args:
        data: The raw file.
        preview: A JPEG out of it, which may have camera data too; may be empty.
        width: Of the developed picture, upright.
        height: The same.
    """
    for find in (_in_tiff, _in_cr3, _in_raf, lambda _: _in_jpeg(preview)):
        try:
            found = find(data)
        except (DamagedPhotoError, struct.error):
            continue
        if found is not None:
            return _suited(found, width, height)
    return None


def _in_tiff(data: bytes) -> TiffDirectory | None:
    start = _TIFF.get(data[:4])
    return None if start is None else TiffDirectory.first(start + data[4:])


def _in_cr3(data: bytes) -> TiffDirectory | None:
    """Canon's boxes hold each directory as a TIFF of its own."""
    if data[4:12] != b'ftypcrx ':
        return None
    parts = {name: _box(data, name) for name in (b'CMT1', b'CMT2', b'CMT4')}
    first = TiffDirectory.first(parts[b'CMT1'])
    children = {}
    for tag, name in ((EXIF, b'CMT2'), (GPS, b'CMT4')):
        if parts[name]:
            child = TiffDirectory.first(parts[name])
            if child.order == first.order:
                children[tag] = child
    return dataclasses.replace(first, children=children)


def _box(data: bytes, name: bytes) -> bytes:
    place = data.find(name, 0, 1 << 16)
    if place < 4:
        return b''
    size = struct.unpack_from('>I', data, place - 4)[0]
    return data[place + 4 : place - 4 + size]


def _in_raf(data: bytes) -> TiffDirectory | None:
    if not data.startswith(b'FUJIFILMCCD-RAW'):
        return None
    start, size = struct.unpack_from('>II', data, 84)
    return _in_jpeg(data[start : start + size])


def _in_jpeg(data: bytes) -> TiffDirectory | None:
    if not data.startswith(b'\xff\xd8'):
        return None
    segments = [(part.name, part.body) for part in jpeg_segments(data, ReadBudget()) if part.name]
    exif = JpegMetadata.of(segments).exif
    return None if exif is None else TiffDirectory.first(exif)


def _suited(found: TiffDirectory, width: int, height: int) -> bytes:
    order = found.order
    exif = found.children.get(EXIF, TiffDirectory(order))
    exif = dataclasses.replace(
        exif,
        fields={
            **_small(exif, lambda tag: tag not in (_NOTES, _COMMENT)),
            _COLOR_SPACE: TiffField.of_numbers(order, 3, [_SRGB]),
            _WIDTH: TiffField.of_numbers(order, 4, [width]),
            _HEIGHT: TiffField.of_numbers(order, 4, [height]),
        },
        children={},
    )
    children = {EXIF: exif} | {tag: part for tag, part in found.children.items() if tag == GPS}
    fields = _small(found, lambda tag: tag in _KEPT)
    fields[ORIENTATION] = TiffField.of_numbers(order, 3, [1])
    directory = TiffDirectory(order, fields, children)
    magic = b'II*\0' if order == '<' else b'MM\0*'
    return magic + struct.pack(f'{order}I', 8) + directory.to_bytes(8)


def _small(directory: TiffDirectory, wants: Callable[[int], bool]) -> dict[int, TiffField]:
    fields = directory.fields.items()
    return {tag: item for tag, item in fields if wants(tag) and len(item.data) <= _MOST_BYTES}
