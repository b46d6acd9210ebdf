"""Turns a photograph the way its EXIF data says, once."""

from __future__ import annotations

import dataclasses
import itertools
import re
import struct
from collections.abc import Iterator

import numpy as np

from .damaged_photo_error import DamagedPhotoError
from .photo import Photo
from .read_budget import ReadBudget
from .tiff_directory import EXIF, ORIENTATION, TiffDirectory

_SIZE_TAGS = ((256, 257), (40962, 40963))  # width and height in the main and the EXIF directory
_THUMBNAIL_TAGS = ((513, 514), (273, 279))  # place and size of a JPEG, and of plain pixels
_MOST_STRIPS = 64
_XMP_ORIENTATION = re.compile(rb'(tiff:Orientation(?:\s*=\s*["\']|>\s*))\d(?=\s*["\'<])')


def upright(photo: Photo, is_turned: bool = False) -> Photo:
    """Turns the pixels as the EXIF orientation says, and sets it to 1.

    The EXIF data is changed in place, byte by byte: written anew, the camera's own notes, which
    point to places in it, would break.

    Args:
        photo: The photograph as stored.
        is_turned: Whether its decoder has turned the pixels already.
    """
    if photo.exif is None:
        return photo
    exif = bytearray(photo.exif)
    try:
        directory = TiffDirectory.first(photo.exif)
    except DamagedPhotoError:
        return dataclasses.replace(photo, exif=None)  # no reader could make sense of it
    orientation = _orientation(directory)
    if directory.next_offset:  # the second directory is the thumbnail
        struct.pack_into(f'{directory.order}I', exif, directory.next_position, 0)
        _blank_thumbnail(exif, directory)
    if orientation == 1:
        return dataclasses.replace(photo, exif=bytes(exif))
    _set(exif, directory, ORIENTATION, 1)
    dpi = photo.dpi
    if orientation >= 5:
        dpi = dpi and (dpi[1], dpi[0])
        for part in (directory, directory.children.get(EXIF)):
            for tags in _SIZE_TAGS if part else ():
                assert part is not None
                values = [part.number(tag) for tag in tags]
                if all(values):
                    _set(exif, part, tags[0], values[1])
                    _set(exif, part, tags[1], values[0])
    if is_turned:
        orientation = 1
    return dataclasses.replace(
        photo,
        pixels=turned(photo.pixels, orientation),
        alpha=None if photo.alpha is None else turned(photo.alpha, orientation),
        bands=photo.bands and photo.bands.with_values(turned(photo.bands.values, orientation)),
        exif=bytes(exif),
        xmp=photo.xmp and _XMP_ORIENTATION.sub(rb'\g<1>1', photo.xmp),
        dpi=dpi,
    )


def _blank_thumbnail(exif: bytearray, directory: TiffDirectory) -> None:
    """Overwrites the picture of the second directory, unless something else lies in its place."""
    data = bytes(exif)
    try:
        second = TiffDirectory.parse(data, directory.next_offset, directory.order, ReadBudget())
    except DamagedPhotoError:
        return
    used = [(0, 8), (directory.next_offset, second.next_position + 4)]
    for part in _all_directories(directory):
        used.append((part.next_position - 12 * len(part.fields) - 2, part.next_position + 4))
        used += [(item.position, item.position + len(item.data)) for item in part.fields.values()]
    for places, sizes in _THUMBNAIL_TAGS:
        pairs = zip(second.numbers(places), second.numbers(sizes))
        for start, size in itertools.islice(pairs, _MOST_STRIPS):
            end = min(start + size, len(exif))
            if not any(start < last and first < end for first, last in used):
                exif[start:end] = bytes(max(end - start, 0))


def _all_directories(directory: TiffDirectory) -> Iterator[TiffDirectory]:
    yield directory
    for child in directory.children.values():
        yield from _all_directories(child)


def orientation_of(exif: bytes) -> int:
    """The orientation in EXIF data, 1 to 8; 1 where there is none, or none that makes sense."""
    try:
        return _orientation(TiffDirectory.first(exif))
    except DamagedPhotoError:
        return 1


def turned(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turns and mirrors (H, W, ...) as stored, with an EXIF orientation of 1 to 8, for display."""
    if orientation >= 5:  # rows of the file are columns of the picture
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _orientation(directory: TiffDirectory) -> int:
    is_number = ORIENTATION in directory.fields and directory.fields[ORIENTATION].kind in (3, 4)
    orientation = directory.number(ORIENTATION) if is_number else 1
    return orientation if orientation in range(2, 9) else 1


def _set(exif: bytearray, directory: TiffDirectory, tag: int, value: int) -> None:
    item = directory.fields[tag]
    letter = {3: 'H', 4: 'I'}.get(item.kind)
    if letter and value < 1 << (8 * struct.calcsize(letter)):
        struct.pack_into(f'{directory.order}{letter}', exif, item.position, value)
