"""Recognises kinds of files by their content, so that a refusal names the kind and what to do."""

from __future__ import annotations

import codecs
import re

from .file_kind import FileKind
from .iso_media_kinds import JPEG_XL, iso_media_kind
from .raw_kinds import raw_kind

HEAD_BYTES = 4096
"""Bytes of a file's beginning that suffice for nearly every kind."""

KNOWN_PHOTO_ENDINGS = {
    '.raw': 'raw', '.avifs': 'AVIF', '.jp2': 'JPEG 2000', '.j2k': 'JPEG 2000', '.jpf': 'JPEG 2000',
    '.jpx': 'JPEG 2000', '.j2c': 'JPEG 2000', '.jxr': 'JPEG XR', '.wdp': 'JPEG XR',
    '.psd': 'PSD', '.psb': 'PSD', '.xcf': 'XCF', '.exr': 'EXR', '.hdr': 'HDR', '.gif': 'GIF',
    '.pfm': 'PFM', '.pam': 'PAM', '.tga': 'TGA', '.qoi': 'QOI', '.fits': 'FITS', '.dcm': 'DICOM',
}  # fmt: skip
"""Kinds of photographs that are never handled, by the endings of their names in lower case."""

_READ = (
    (b'\xff\xd8\xff', 'JPEG'),
    (b'\x89PNG\r\n\x1a\n', 'PNG'),
    (b'II*\0', 'TIFF'),
    (b'MM\0*', 'TIFF'),
)
_TO_PNG = 'Save it as PNG, with GIMP or `magick` of ImageMagick for instance.'
_BIG_TIFF = FileKind(
    'BigTIFF', 'photo', 'Save it as plain TIFF, with `magick a.tif TIFF:b.tif` for instance.'
)
_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b'II+\0', _BIG_TIFF),
    (b'MM\0+', _BIG_TIFF),
    (b'GIF87a', FileKind('GIF', 'photo', _TO_PNG)),
    (b'GIF89a', FileKind('GIF', 'photo', _TO_PNG)),
    (b'\xff\x0a', JPEG_XL),
    (b'\xff\x4f\xff\x51', FileKind('JPEG 2000', 'photo')),
    (b'II\xbc', FileKind('JPEG XR', 'photo', 'Save it as JPEG in Windows Photos or XnView MP.')),
    (b'8BPS', FileKind('PSD', 'photo')),
    (b'gimp xcf', FileKind('XCF', 'photo')),
    (b'\x76\x2f\x31\x01', FileKind('EXR', 'photo')),
    (b'#?RADIANCE', FileKind('HDR', 'photo')),
    (b'#?RGBE', FileKind('HDR', 'photo')),
    (b'PF\n', FileKind('PFM', 'photo')),
    (b'Pf\n', FileKind('PFM', 'photo')),
    (b'P7\n', FileKind('PAM', 'photo', _TO_PNG)),
    (b'qoif', FileKind('QOI', 'photo', _TO_PNG)),
    (b'DDS ', FileKind('DDS', 'photo', _TO_PNG)),
    (b'\0\0\1\0', FileKind('ICO', 'photo', _TO_PNG)),
    (b'SIMPLE  =', FileKind('FITS', 'photo', 'Stretch it to TIFF with Siril, which is free.')),
    (b'%PDF-', FileKind('PDF', 'document')),
    (b'%!PS', FileKind('PostScript', 'document')),
    (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', FileKind('Office', 'document')),
    (b'PK\3\4', FileKind('ZIP', 'archive')),
    (b'PK\5\6', FileKind('ZIP', 'archive')),
    (b"7z\xbc\xaf'\x1c", FileKind('7z', 'archive')),
    (b'Rar!\x1a\x07', FileKind('rar', 'archive')),
    (b'\x1f\x8b', FileKind('gzip', 'archive')),
    (b'BZh', FileKind('bzip2', 'archive')),
    (b'\xfd7zXZ\0', FileKind('xz', 'archive')),
    (b'\x28\xb5\x2f\xfd', FileKind('Zstandard', 'archive')),
    (b'\x1a\x45\xdf\xa3', FileKind('MKV', 'video')),
    (b'FLV\1', FileKind('FLV', 'video')),
    (b'\0\0\1\xba', FileKind('MPEG', 'video')),
    (b'\0\0\1\xb3', FileKind('MPEG', 'video')),
    (b'\x30\x26\xb2\x75\x8e\x66\xcf\x11', FileKind('WMV', 'video')),
    (b'.RMF', FileKind('RealMedia', 'video')),
    (b'DKIF', FileKind('IVF', 'video')),
    (b'YUV4MPEG2 ', FileKind('Y4M', 'video')),
    (b'\x06\x0e\x2b\x34', FileKind('MXF', 'video')),
    (b'ID3', FileKind('MP3', 'sound')),
    (b'fLaC', FileKind('FLAC', 'sound')),
    (b'\x93NUMPY', FileKind('NumPy', 'data')),
    (b'\x89HDF\r\n\x1a\n', FileKind('HDF5', 'data')),
    (b'SQLite format 3\0', FileKind('SQLite', 'data')),
    (b'\x7fELF', FileKind('program', 'data')),
    (b'\0\5\x16\7', FileKind('AppleDouble', 'data', 'Give the photograph of that name instead.')),
)
_RIFF = {
    b'WEBP': FileKind('WebP', 'photo', is_read=True),
    b'AVI ': FileKind('AVI', 'video'),
    b'WAVE': FileKind('WAV', 'sound'),
}
_LFS = FileKind('Git LFS pointer', 'text', 'Fetch what it stands for with `git lfs pull`.')
_COMMENT = rb'<!--(?:(?!-->).)*-->\s*'
_BEFORE = rb'\s*(?:<\?xml[^>]*>\s*)?(?:' + _COMMENT + rb')*'
_HTML = re.compile(_BEFORE + rb'<(?:!doctype\s+html|html|head|body)\b', re.I | re.S)
_SVG = re.compile(
    _BEFORE + rb'(?:<!doctype\s+svg[^>]*>\s*)?(?:' + _COMMENT + rb')*<svg\b', re.I | re.S
)
_TEXT_SHARE = 0.9  # of plain letters
_PPM = re.compile(rb'P[1-6](?:\s|#[^\r\n]*[\r\n])+\d')


def recognise_file(head: bytes, name: str = '') -> FileKind | None:
    """The kind of a file by its content.

    Args:
        head: Its beginning, best :data:`HEAD_BYTES` of it, or all of it.
        name: Its name, whose ending tells raw formats apart that start alike.

    Returns:
        The kind, of what is read as a photograph too; None if it is not known.
    """
    for recognise in (
        lambda: raw_kind(head, name),
        lambda: _by_start(head),
        lambda: iso_media_kind(head),
        lambda: _by_places(head),
        lambda: _text(head[:HEAD_BYTES]),
    ):
        kind = recognise()
        if kind is not None:
            return kind
    return None


def _by_start(head: bytes) -> FileKind | None:
    for start, name in _READ:
        if head.startswith(start):
            return FileKind(name, 'photo', is_read=True)
    for start, kind in _STARTS:
        if head.startswith(start):
            if kind.name == 'MKV' and b'webm' in head[:64]:
                return FileKind('WebM', 'video')
            return kind
    return None


def _by_places(head: bytes) -> FileKind | None:
    """Kinds whose sign does not stand at the start, or is too short to stand alone."""
    if head.startswith(b'RIFF'):
        return _RIFF.get(head[8:12])
    if head.startswith(b'OggS'):
        is_video = any(sign in head[:256] for sign in (b'theora', b'OVP80', b'\1video'))
        return FileKind('Ogg', 'video' if is_video else 'sound')
    for first, step, name in ((0, 188, 'MPEG-TS'), (4, 192, 'M2TS')):
        packets = head[first : first + 5 * step : step]
        if len(packets) > 1 and set(packets) == {0x47}:
            return FileKind(name, 'video')
    if head[257:262] == b'ustar':
        return FileKind('tar', 'archive')
    if head[128:132] == b'DICM':
        return FileKind('DICOM', 'photo')
    if head.startswith(b'BM') and len(head) >= 26 and head[14] in (12, 40, 52, 56, 64, 108, 124):
        return FileKind('BMP', 'photo', is_read=True)
    if _PPM.match(head):
        return FileKind('PPM', 'photo', is_read=True)
    return None


def _text(head: bytes) -> FileKind | None:
    if head.startswith(b'version https://git-lfs'):
        return _LFS
    if _SVG.match(head):
        return FileKind('SVG', 'document')
    if _HTML.match(head):
        return FileKind('HTML', 'web page')
    if not head.strip(b'\0'):
        return None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return FileKind('text', 'text')
    if re.search(rb'[\0-\x08\x0e-\x1a\x1c-\x1f]', head):
        return None
    # In UTF-8, where a letter may be cut at the end, or in an older code with few other letters.
    if len(head.decode('ascii', 'ignore')) < _TEXT_SHARE * len(head):
        try:
            codecs.getincrementaldecoder('utf-8')().decode(head)
        except UnicodeDecodeError:
            return None
    return FileKind('text', 'text')
