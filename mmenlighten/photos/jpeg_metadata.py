"""Collects the metadata of a JPEG from its segments, over which it may be spread."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .photoshop_blocks import without_thumbnails
from .xmp_cleaning import clean_xmp

EXIF, XMP = b'Exif\0\0', b'http://ns.adobe.com/xap/1.0/\0'
LONGEST = 65533
_EXTENSION, _PHOTOSHOP = b'http://ns.adobe.com/xmp/extension/\0', b'Photoshop 3.0\0'
_GAIN_MAP, _PICTURES = b'urn:iso:std:iso:ts:21496:', b'MPF\0'
_HEAD = len(_EXTENSION) + 40  # the hash of the whole, its length, and the place of the piece

Segment = tuple[str, bytes]


@dataclass(frozen=True)
class JpegMetadata:
    """Metadata of a JPEG.

    Attributes:
        exif: EXIF data from the byte-order mark on.
        xmp: The XMP packet.
        native: Names and contents of the segments that are kept as they are.
        has_gain_map: Whether a segment belongs to a gain map.
        has_pictures: Whether a list of further pictures is in the file.
        has_credentials: Whether there are content credentials.
    """

    exif: bytes | None
    xmp: bytes | None
    native: tuple[Segment, ...]
    has_gain_map: bool
    has_pictures: bool
    has_credentials: bool

    @classmethod
    def of(cls, segments: Iterable[Segment]) -> JpegMetadata:
        """Reads it from the names and contents of segments, in their order."""
        segments = [(name, content) for name, content in segments if content]
        contents = [content for _, content in segments]
        xmp = [content[len(XMP) :] for content in contents if content.startswith(XMP)]
        packet, extension = _extended(xmp[0] if xmp else None, contents)
        return cls(
            _joined_exif(contents),
            packet,
            (*extension, *_photoshop(contents)),
            any(content.startswith(_GAIN_MAP) for content in contents),
            any(content.startswith(_PICTURES) for content in contents),
            any(name == 'APP11' and b'c2pa' in content for name, content in segments),
        )


def exif_segments(exif: bytes) -> list[bytes]:
    """The contents of the segments that hold EXIF data, several if one is too small."""
    return list(_pieces(EXIF, exif))


def _pieces(head: bytes, content: bytes) -> Iterator[bytes]:
    step = LONGEST - len(head)
    for start in range(0, len(content), step):
        yield head + content[start : start + step]


def _joined_exif(contents: list[bytes]) -> bytes | None:
    """The first block of EXIF data, with the segments that continue it."""
    parts = [content[len(EXIF) :] for content in contents if content.startswith(EXIF)]
    for number, part in enumerate(parts[1:], start=1):
        if part.startswith((b'II*\0', b'MM\0*')):  # another block, not a continuation
            return b''.join(parts[:number])
    return b''.join(parts) or None


def _extended(packet: bytes | None, contents: list[bytes]) -> tuple[bytes | None, list[Segment]]:
    """The packet, and the segments of its extension, which is cleaned too."""
    pieces = [content for content in contents if content.startswith(_EXTENSION)]
    if packet is None or not pieces:
        return packet, [('APP1', piece) for piece in pieces]
    guid = pieces[0][len(_EXTENSION) : len(_EXTENSION) + 32]
    ordered = sorted(
        (struct.unpack_from('>I', piece, _HEAD - 4)[0], piece[_HEAD:])
        for piece in pieces
        if piece.startswith(_EXTENSION + guid) and len(piece) > _HEAD
    )
    whole = b''.join(piece for _, piece in ordered)
    cleaned = clean_xmp(whole)[0]
    if cleaned == whole:
        return packet, [('APP1', piece) for piece in pieces]
    changed = hashlib.md5(cleaned, usedforsecurity=False).hexdigest().upper().encode()
    segments, step = [], LONGEST - _HEAD
    for start in range(0, len(cleaned), step):
        head = _EXTENSION + changed + struct.pack('>II', len(cleaned), start)
        segments.append(('APP1', head + cleaned[start : start + step]))
    return packet.replace(guid, changed), segments


def _photoshop(contents: list[bytes]) -> list[Segment]:
    """Photoshop's blocks without thumbnails; they may be spread over several segments."""
    parts = [content for content in contents if content.startswith(_PHOTOSHOP)]
    blocks = b''.join(part[len(_PHOTOSHOP) :] for part in parts)
    cleaned = without_thumbnails(blocks)
    if cleaned != blocks:
        parts = list(_pieces(_PHOTOSHOP, cleaned))
    return [('APP13', part) for part in parts]
