"""The chunks of which a PNG file consists."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from .damaged_photo_error import DamagedPhotoError
from .read_budget import SAVE_AGAIN, ReadBudget

SIGNATURE = b'\x89PNG\r\n\x1a\n'
COLOR_CHUNKS = ('cHRM', 'gAMA', 'sRGB', 'cICP', 'mDCV', 'cLLI')
"""Chunks that tell what the values mean; they are kept as they are."""

_FEW_CHUNKS, _BYTES_PER_CHUNK = 1 << 14, 256
_SPARED = ('tEXt', 'zTXt', 'iTXt', 'tIME', 'eXIf', 'pHYs')
Chunk = tuple[str, bytes]


def parse_chunks(data: bytes) -> tuple[list[Chunk], list[str]]:
    """Splits a file into chunks, up to and with ``IEND``.

    Returns:
        Names and contents, and the names of chunks that are left out: their check sums are wrong,
        but neither pixels nor colours depend on them.

    Raises:
        DamagedPhotoError: Another check sum is wrong; the end is missing, where the decoders would
            hand out what they have got so far, with the rest black; there are two headers, of
            which some decoders take the last; or there are countless chunks.
    """
    view, position = memoryview(data), len(SIGNATURE)
    chunks: list[Chunk] = []
    left_out: list[str] = []
    most = _FEW_CHUNKS + len(data) // _BYTES_PER_CHUNK
    while position + 12 <= len(view):
        length = struct.unpack_from('>I', view, position)[0]
        end = position + 12 + length
        if end > len(view):
            break
        name = bytes(view[position + 4 : position + 8]).decode('latin-1')
        if (name == 'IHDR') != (not chunks):
            raise DamagedPhotoError('it has not exactly one header. Copy it again.')
        if len(chunks) + len(left_out) >= most:
            raise DamagedPhotoError(f'it has more than {most} chunks. {SAVE_AGAIN}')
        if zlib.crc32(view[position + 4 : end - 4]) == struct.unpack_from('>I', view, end - 4)[0]:
            chunks.append((name, bytes(view[position + 8 : end - 4])))
        elif name in _SPARED:
            left_out.append(name)
        else:
            raise DamagedPhotoError('a check sum in it is wrong. Copy it again.')
        if name == 'IEND':
            return chunks, left_out
        position = end
    raise DamagedPhotoError('the file ends before the picture does. Copy it again.')


def join_chunks(chunks: Iterable[Chunk]) -> bytes:
    """The file that consists of these chunks."""
    parts = [SIGNATURE]
    for name, content in chunks:
        typed = name.encode('latin-1') + content
        parts += [struct.pack('>I', len(content)), typed, struct.pack('>I', zlib.crc32(typed))]
    return b''.join(parts)


def parse_text(name: str, content: bytes, budget: ReadBudget) -> tuple[str, str]:
    """Key and value of a ``tEXt``, ``zTXt`` or ``iTXt`` chunk."""
    key, _, rest = content.partition(b'\0')
    if name == 'tEXt':
        return key.decode('latin-1'), rest.decode('latin-1')
    if name == 'zTXt':
        return key.decode('latin-1'), budget.unpack(rest[1:]).decode('latin-1')
    is_packed, value = rest[:1] == b'\x01', rest[2:].split(b'\0', 2)[-1]
    # Letters that are no UTF-8 are written again as they are.
    plain = budget.unpack(value) if is_packed else value
    return key.decode('latin-1'), plain.decode('utf-8', 'surrogateescape')


def text_chunk(key: str, value: str) -> Chunk:
    """The chunk for a text: plain if it can be, in Unicode otherwise, packed if it is long."""
    name = key.encode('latin-1', 'replace')[:79] or b'Comment'
    try:
        plain = value.encode('latin-1')
    except UnicodeEncodeError:
        return 'iTXt', name + b'\0\0\0\0\0' + value.encode('utf-8', 'surrogateescape')
    if len(plain) > 1024:
        return 'zTXt', name + b'\0\0' + zlib.compress(plain)
    return 'tEXt', name + b'\0' + plain
