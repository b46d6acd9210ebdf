"""Reads photographs of all formats."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ..utils.errors import ImageReadError
from ..utils.file_kind import FileKind
from ..utils.file_kinds import recognise_file
from ..utils.optional_kinds import AVIF, HEIF, JXL, RAW
from .avif import read_avif
from .bmp import read_bmp
from .camera_raw import read_camera_raw
from .damaged_photo_error import DamagedPhotoError
from .file_content import file_content
from .heif import read_heif
from .high_dynamic_range import check_range
from .jpeg_reader import read_jpeg
from .jpeg_xl import read_jpeg_xl
from .photo import Photo
from .png_chunks import SIGNATURE
from .png_reader import read_png
from .ppm import read_ppm
from .read_budget import MAX_PIXELS, ReadBudget
from .stale_parts import without_stale_parts
from .tiff_reader import read_tiff
from .upright import upright
from .webp import read_webp

_Reader = Callable[[bytes, ReadBudget], Photo]
_OPTIONAL = {HEIF: read_heif, AVIF: read_avif, JXL: read_jpeg_xl, RAW: read_camera_raw}
_READERS: tuple[tuple[tuple[bytes, ...], _Reader], ...] = (
    ((b'\xff\xd8\xff',), read_jpeg),
    ((SIGNATURE,), read_png),
    ((b'II*\0', b'MM\0*'), read_tiff),
    ((b'BM',), read_bmp),
    (tuple(b'P%d' % kind for kind in range(1, 7)), read_ppm),
)


def read_photo(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    name: str | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Photo:
    """Reads a photograph with its metadata, upright; its content, not its name, tells the format.

    Values are those of the file, whatever its colour profile; CMYK is converted to sRGB.

    Args:
        source: A path, the content of a file, or a file that is open for reading bytes.
        name: What errors call it, if not by its own name.
        max_pixels: Photographs with more pixels are refused before they are decoded.

    Raises:
        ImageReadError: The file is missing, damaged, too large, or of a kind that is not handled;
            one sentence that names it, and the remedy.
    """
    if name is None:
        name = str(source) if isinstance(source, str | os.PathLike) else _name_of(source)
    with _told_in_a_sentence(name):
        budget = ReadBudget(max_pixels)
        data = file_content(source, budget, lambda head: _reader(head, name))
        photo = _reader(data, name)(data, budget)
        check_range(photo.icc_profile, dict(photo.native).get('cICP'))
        is_turned = bool(photo.kind)  # by those decoders, as these kinds demand
        return without_stale_parts(upright(photo, is_turned))


def photo_content(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> bytes:
    """The content of a file for :func:`read_photo`, which must not read far too much of it first.

    Raises:
        ImageReadError: The file is missing, or far larger than a photograph can be.
    """
    name = str(path)
    with _told_in_a_sentence(name):
        return file_content(path, ReadBudget(max_pixels), lambda head: _reader(head, name))


def _name_of(source: object) -> str:
    return str(getattr(source, 'name', 'The picture'))


@contextlib.contextmanager
def _told_in_a_sentence(name: str) -> Iterator[None]:
    try:
        yield
    except DamagedPhotoError as error:
        raise ImageReadError(f'{name} cannot be read: {error}') from error
    except MemoryError as error:
        raise ImageReadError(
            f'{name} cannot be read: there is not enough memory. Close other programs.'
        ) from error
    except Exception as error:
        # What decoders raise for damaged and hostile files is not limited to any list.
        raise ImageReadError(
            f'{name} cannot be read: its content is not as its kind demands. Copy it again, or '
            'open it in another program and save it as PNG or JPEG.'
        ) from error


def _optional_reader(kind: FileKind) -> _Reader:
    assert kind.reader is not None
    if not kind.reader.is_installed:
        raise DamagedPhotoError(kind.refusal())
    read = _OPTIONAL[kind.reader]

    def named(data: bytes, budget: ReadBudget) -> Photo:
        try:
            photo = read(data, budget)
        except (DamagedPhotoError, MemoryError):
            raise
        except Exception as error:  # of the package, which names no remedy
            raise DamagedPhotoError(
                f'it is a file of the kind {kind.name} that cannot be decoded ({_words(error)}). '
                f'Copy it again, or {kind.own_remedy[0].lower()}{kind.own_remedy[1:]}'
            ) from error
        return dataclasses.replace(photo, kind=kind.name)

    return named


def _words(error: Exception) -> str:
    text = error.args[0] if error.args else ''
    text = text.decode('utf-8', 'replace') if isinstance(text, bytes) else str(text)
    return (text.strip() or type(error).__name__).splitlines()[0][:200].rstrip('.')


def _reader(data: bytes, name: str) -> _Reader:
    if not data:
        raise DamagedPhotoError('the file is empty. Copy it again.')
    kind = recognise_file(data, name)
    if kind is not None and not kind.is_read:
        raise DamagedPhotoError(kind.refusal())
    if kind is not None and kind.reader is not None:
        return _optional_reader(kind)
    if data.startswith(b'RIFF') and data[8:12] == b'WEBP':
        return read_webp
    for starts, reader in _READERS:
        if data.startswith(starts):
            return reader
    raise DamagedPhotoError(
        'it is not a JPEG, PNG, TIFF, BMP, WebP or PPM, or its beginning is lost. Copy it again, '
        'or open it in the program that made it and save it as one of these.'
    )
