"""The chunks of which a PNG file consists, and the first of them, its header."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN, SAVE_AGAIN, ReadBudget

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


GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
_CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
_DEPTHS = {GRAY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}
_WHOLE = ((0, 0, 1, 1),)
_PASSES = (  # top, left, and the steps down and to the right
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
_BLOCK = 1 << 20


@dataclass(frozen=True)
class PngHeader:
    """What the first chunk of a PNG says.

    Attributes:
        width: Pixels in a row.
        height: Rows.
        bits: Bits of a channel: 1, 2, 4, 8 or 16.
        kind: Kind of the pixels, one of the numbers of the specification.
        is_interlaced: Whether the rows come in seven passes, from coarse to fine.
    """

    width: int
    height: int
    bits: int
    kind: int
    is_interlaced: bool

    @classmethod
    def of(cls, data: bytes) -> PngHeader:
        """Reads it from a file.

        Raises:
            DamagedPhotoError: It is none that the specification knows.
        """
        if data[8:16] != b'\0\0\0\x0dIHDR' or len(data) < 33:
            raise DamagedPhotoError(f'its header is damaged. {COPY_AGAIN}')
        width, height, bits, kind, packing, filtering, passes = struct.unpack(
            '>IIBBBBB', data[16:29]
        )
        if bits not in _DEPTHS.get(kind, (8, 16)) or kind not in _CHANNELS or passes > 1:
            raise DamagedPhotoError(f'its header is damaged. {COPY_AGAIN}')
        if packing or filtering:
            raise DamagedPhotoError('its compression is not known. Save it again as usual PNG.')
        return cls(width, height, bits, kind, bool(passes))

    @property
    def channels(self) -> int:
        """Number of values of a pixel."""
        return _CHANNELS[self.kind]

    @property
    def raw_size(self) -> int:
        """Bytes of all rows, each with the number of its filter."""
        size = 0
        for top, left, down, right in _PASSES if self.is_interlaced else _WHOLE:
            rows, columns = -(-(self.height - top) // down), -(-(self.width - left) // right)
            if columns > 0:
                size += max(rows, 0) * (1 + -(-columns * self.bits * self.channels // 8))
        return size

    def check_rows(self, pieces: Iterable[bytes]) -> None:
        """Refuses packed rows of which some are missing; the decoders would leave them black.

        Args:
            pieces: Contents of the chunks with the rows.

        Raises:
            DamagedPhotoError: They unpack to fewer bytes than the size of the picture needs.
        """
        decoder, missing = zlib.decompressobj(), self.raw_size
        try:
            for piece in pieces:
                rest = piece
                while rest and missing > 0:
                    missing -= len(decoder.decompress(rest, min(missing, _BLOCK)))
                    rest = decoder.unconsumed_tail
        except zlib.error as error:
            raise DamagedPhotoError(f'its pixels are damaged. {COPY_AGAIN}') from error
        if missing > 0:
            raise DamagedPhotoError(f'the file ends before the picture does. {COPY_AGAIN}')
