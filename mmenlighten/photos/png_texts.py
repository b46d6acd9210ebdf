"""The texts of a PNG, and the metadata that programs hide in them."""

from __future__ import annotations

from dataclasses import dataclass

from .damaged_photo_error import DamagedMetadataError
from .png_chunks import Chunk, parse_text
from .read_budget import ReadBudget

_XMP = 'XML:com.adobe.xmp'
_RAW = 'Raw profile type '  # by ImageMagick and ExifTool: the length, then hexadecimal digits
_RAW_XMP = b'http://ns.adobe.com/xap/1.0/\0'
_EXIF = b'Exif\0\0'
_TEXTS = ('tEXt', 'zTXt', 'iTXt')


@dataclass(frozen=True)
class PngTexts:
    """The texts of a PNG.

    Attributes:
        texts: Keys and values, without those of the following.
        exif: EXIF data from the byte-order mark on, from a chunk of its own or from a text.
        xmp: The XMP packet.
        profile: A colour profile in a text.
        notes: What is damaged and left out.
    """

    texts: tuple[tuple[str, str], ...]
    exif: bytes | None
    xmp: bytes | None
    profile: bytes | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, chunks: list[Chunk], budget: ReadBudget) -> PngTexts:
        """Reads them; a damaged one is left out."""
        texts, notes = [], []
        raw: dict[str, bytes] = {}
        for name, content in chunks:
            if name not in _TEXTS:
                continue
            key = content.partition(b'\0')[0].decode('latin-1')
            try:
                value = parse_text(name, content, budget)[1]
                if key.startswith(_RAW) and key.removeprefix(_RAW).lower() in _HIDDEN:
                    raw.setdefault(*_hidden(key, value))
                elif key == _XMP:
                    raw['xmp'] = raw.get('xmp', value.encode('utf-8', 'surrogateescape'))
                else:
                    texts.append((key, value))
            except DamagedMetadataError:
                notes.append(f'its text {key[:40]!r} is damaged and left out')
        chunk = next((content for name, content in chunks if name == 'eXIf'), b'')
        exif = chunk.removeprefix(_EXIF) or raw.get('exif')
        return cls(tuple(texts), exif, raw.get('xmp'), raw.get('icc'), tuple(notes))


_HIDDEN = {'exif': 'exif', 'app1': 'exif', 'xmp': 'xmp', 'icc': 'icc', 'icm': 'icc'}


def _hidden(key: str, value: str) -> tuple[str, bytes]:
    """What kind of metadata a text holds in hexadecimal digits, and the metadata.

    Raises:
        DamagedMetadataError: These are no digits.
    """
    digits = ''.join(value.strip('\0\r\n\t ').split('\n', 2)[2:])
    try:
        content = bytes.fromhex(digits)
    except ValueError:
        content = b''
    if not content:
        raise DamagedMetadataError('its metadata is damaged. Copy it again.')
    if content.startswith(_RAW_XMP):
        return 'xmp', content.removeprefix(_RAW_XMP)
    return _HIDDEN[key.removeprefix(_RAW).lower()], content.removeprefix(_EXIF)
