"""Recognises files of boxes: MP4 and what was made after it, such as HEIC and AVIF."""

from __future__ import annotations

from .file_kind import FileKind
from .optional_kinds import AVIF, HEIF, JXL, OptionalKind
from .raw_kinds import raw_file

_PHOTOS = {
    'AVIF': (b'avif', b'avis'),
    'HEIC': (b'heic', b'heix', b'heim', b'heis', b'hevc', b'hevx', b'hevm', b'hevs'),
    'HEIF': (b'mif1', b'mif2', b'msf1'),
}
_READERS = {'AVIF': AVIF, 'HEIC': HEIF, 'HEIF': HEIF}
_SOUNDS = (b'M4A ', b'M4B ', b'M4P ')
_FIRST_BOXES = (b'moov', b'mdat', b'wide', b'free', b'skip', b'pnot')  # of QuickTime without ftyp


def _photo(name: str, reader: OptionalKind) -> FileKind:
    remedy = 'Convert it to JPEG with GIMP, XnView MP or `magick` of ImageMagick.'
    return FileKind(name, 'photo', remedy, is_read=True, reader=reader)


JPEG_XL = _photo('JPEG XL', JXL)


def iso_media_kind(head: bytes) -> FileKind | None:
    """The kind of a file of boxes, or None if it is none."""
    box = head[4:8]
    if box == b'jP  ':
        return FileKind('JPEG 2000', 'photo')
    if box == b'JXL ':
        return JPEG_XL
    if box in _FIRST_BOXES:
        return FileKind('MOV', 'video')
    if box != b'ftyp':
        return None
    major = head[8:12]
    size = min(int.from_bytes(head[:4], 'big'), len(head), 256)
    others = [head[at : at + 4] for at in range(16, size - 3, 4)]
    if major == b'crx ':
        return raw_file('CR3')
    for name, brands in _PHOTOS.items():
        if major in brands:
            if name != 'HEIF':
                return _photo(name, _READERS[name])
            # A brand that says no more than that it holds pictures; the coding follows.
            more = [kind for kind in ('AVIF', 'HEIC') if set(_PHOTOS[kind]) & set(others)]
            kind = more[0] if more else name
            return _photo(kind, _READERS[kind])
    if major in _SOUNDS:
        return FileKind('M4A', 'sound')
    if major == b'qt  ':
        return FileKind('MOV', 'video')
    return FileKind('3GP' if major.startswith((b'3gp', b'3g2')) else 'MP4', 'video')
