"""The bytes of a photograph, but not more than a photograph can have."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ..utils.raw_kinds import raw_kind
from .damaged_photo_error import DamagedPhotoError
from .header_size import header_size
from .read_budget import SAVE_AGAIN, ReadBudget

_HEAD = 1 << 20
_UNCHECKED = 1 << 26  # bytes that are read without a look at the header
_BASE = 1 << 27  # bytes for metadata, and for videos behind the pictures of telephones
_BYTES_PER_PIXEL, _TIFF_BYTES_PER_PIXEL = 24, 64  # 16 bits as text take 18; a TIFF has layers
_RAW_BYTES_PER_PIXEL = 4  # 16 bits and previews, of as many pixels as are allowed
_PIECE = 1 << 24


def file_content(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    budget: ReadBudget,
    check_kind: Callable[[bytes], object],
) -> bytes:
    """Reads a file whole, if it is a photograph and not far larger than its pixels need.

    Args:
        source: A path, the content of a file, or a file that is open for reading bytes, a pipe for
            instance.
        budget: What the reading may cost.
        check_kind: Called with the beginning of a large file; raises if it is no photograph.

    Raises:
        DamagedPhotoError: The file is missing, locked or too large; it is not a file.
    """
    try:
        if isinstance(source, bytes | bytearray | memoryview):
            return _checked(bytes(source), budget, check_kind)
        if not isinstance(source, str | os.PathLike):
            return _from_stream(source, budget, check_kind)
        if '\0' in str(source):
            raise DamagedPhotoError('no file can have a NUL character in its name.')
        if Path(source).exists() and not Path(source).is_file():
            # Reading from a pipe without a writer would never end.
            raise DamagedPhotoError('it is not a file.')
        with open(source, 'rb') as file:
            size = os.fstat(file.fileno()).st_size
            if size > _UNCHECKED:
                head = file.read(_HEAD)
                check_kind(head)

                def read_at(start: int, count: int) -> bytes:
                    file.seek(start)
                    return file.read(count)

                _check_bytes(size, _limit(head, read_at, budget))
                file.seek(0)
            return file.read()
    except OSError as error:
        raise DamagedPhotoError(f'{error.strerror or error}.') from error


def _checked(data: bytes, budget: ReadBudget, check_kind: Callable[[bytes], object]) -> bytes:
    if len(data) > _UNCHECKED:
        check_kind(data[:_HEAD])
        _check_bytes(len(data), _limit(data, partial(_slice, data), budget))
    return data


def _from_stream(
    file: BinaryIO, budget: ReadBudget, check_kind: Callable[[bytes], object]
) -> bytes:
    pieces, size, limit = io.BytesIO(), 0, _UNCHECKED
    while piece := file.read(_PIECE):
        pieces.write(piece)
        size += len(piece)
        if size > _UNCHECKED and limit == _UNCHECKED:
            head = pieces.getvalue()[:_UNCHECKED]
            check_kind(head[:_HEAD])
            limit = _limit(head, partial(_slice, head), budget)
        _check_bytes(size, limit)
    return pieces.getvalue()


def _slice(data: bytes, start: int, count: int) -> bytes:
    return data[start : start + count]


def _limit(head: bytes, read_at: Callable[[int, int], bytes], budget: ReadBudget) -> int:
    if raw_kind(head) is not None:  # its header tells the size of a preview
        return _BASE + budget.max_pixels * _RAW_BYTES_PER_PIXEL
    size = header_size(head, read_at)
    if size is not None:
        budget.check_size(*size)
    pixels = size[0] * size[1] if size else budget.max_pixels
    is_tiff = head.startswith((b'II', b'MM'))
    return _BASE + pixels * (_TIFF_BYTES_PER_PIXEL if is_tiff else _BYTES_PER_PIXEL)


def _check_bytes(size: int, limit: int) -> None:
    if size > limit:
        raise DamagedPhotoError(
            f'its {size / 1e6:.0f} MB are far more than the {limit / 1e6:.0f} MB that a photo of '
            f'its size can need. {SAVE_AGAIN}'
        )
