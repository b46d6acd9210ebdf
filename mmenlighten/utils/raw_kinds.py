"""Recognises raw camera files, many of which start as TIFF files do."""

from __future__ import annotations

import struct
from pathlib import PurePath

from .file_kind import FileKind
from .optional_kinds import RAW
from .raw_endings import RAW_ENDINGS

_STARTS = {
    b'FUJIFILMCCD-RAW': 'RAF',
    b'IIRO': 'ORF', b'IIRS': 'ORF', b'MMOR': 'ORF',
    b'IIU\0': 'RW2',
    b'FOVb': 'X3F',
    b'\0MRM': 'MRW',
    b'II\x1a\0\0\0HEAPCCDR': 'CRW',
}  # fmt: skip
_MAKERS = {
    b'NIKON': 'NEF', b'SONY': 'ARW', b'PENTAX': 'PEF', b'RICOH': 'PEF', b'SAMSUNG': 'SRW',
    b'CANON': 'CR2', b'HASSELBLAD': '3FR', b'EPSON': 'ERF', b'KODAK': 'DCR', b'MAMIYA': 'MEF',
    b'LEAF': 'MOS', b'PHASE ONE': 'IIQ',
}  # fmt: skip
_KIND, _COMPRESSION, _COLOR, _MAKER, _DNG_VERSION = 254, 259, 262, 271, 50706
_SENSOR_COLORS = (32803, 34892)  # a filter before each sensor cell, or linear raw
_SENSOR_COMPRESSIONS = (32767, 32769, 32770, 34713, 65000, 65535)
_MAX_FIELDS = 200


def raw_kind(head: bytes, name: str = '') -> FileKind | None:
    """The kind of a raw camera file, or None if it is none.

    A TIFF that was developed from a raw file names the camera too, so that another sign is needed
    besides: that its first picture is only a preview, values of a sensor, or the ending of its
    name.

    Args:
        head: The beginning of the file, or all of it.
        name: Its name.
    """
    for start, raw in _STARTS.items():
        if head.startswith(start):
            return raw_file(raw)
    if head[:4] not in (b'II*\0', b'MM\0*'):
        return None
    if head[8:10] == b'CR':
        return raw_file('CR2')
    tags = _first_tags(head)
    if _DNG_VERSION in tags:
        return raw_file('DNG')
    ending = RAW_ENDINGS.get(PurePath(name).suffix.lower())
    maker = tags.get(_MAKER, b'').upper()
    known = next((raw for start, raw in _MAKERS.items() if maker.startswith(start)), None)
    order = '<' if head[:2] == b'II' else '>'
    is_of_sensor = (
        _number(tags, _COLOR, order) in _SENSOR_COLORS
        or _number(tags, _COMPRESSION, order) in _SENSOR_COMPRESSIONS
    )
    if is_of_sensor or (known and (ending or _number(tags, _KIND, order) & 1)):
        return raw_file(ending or known or 'raw')
    return None


def raw_file(name: str) -> FileKind:
    """The kind of raw camera files of this name."""
    title = 'a raw camera file' if name == 'raw' else f'{name} (raw camera file)'
    return FileKind(
        title,
        'photo',
        'Develop it to TIFF in darktable or RawTherapee, which are free.',
        is_read=True,
        reader=RAW,
    )


def _first_tags(head: bytes) -> dict[int, bytes]:
    """Values of the first directory's tags, as bytes, as far as they lie within ``head``."""
    order = '<' if head[:2] == b'II' else '>'
    tags: dict[int, bytes] = {}
    if len(head) < 8:
        return tags
    start = struct.unpack_from(f'{order}I', head, 4)[0]
    if start + 2 > len(head):
        return tags
    count = struct.unpack_from(f'{order}H', head, start)[0]
    for position in range(start + 2, start + 2 + 12 * min(count, _MAX_FIELDS), 12):
        if position + 12 > len(head):
            break
        tag, kind, length = struct.unpack_from(f'{order}HHI', head, position)
        if kind == 2 and length > 4:
            place = struct.unpack_from(f'{order}I', head, position + 8)[0]
            tags[tag] = head[place : place + min(length, 64)]
        else:
            tags[tag] = head[position + 8 : position + 12]
    return tags


def _number(tags: dict[int, bytes], tag: int, order: str) -> int:
    """The value of 16 or, if its upper half is not 0, of 32 bits; 0 if there is none."""
    data = tags.get(tag, bytes(4))
    short = struct.unpack_from(f'{order}H', data)[0]
    return short or struct.unpack_from(f'{order}I', data)[0]
