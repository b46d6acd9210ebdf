"""The header of a PNG file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from .damaged_photo_error import DamagedPhotoError
from .read_budget import COPY_AGAIN

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
