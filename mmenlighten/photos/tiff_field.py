"""One value of a TIFF file or of EXIF data."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
"""Bytes of one item of each type of the TIFF 6.0 specification."""

_WHOLE = {1: 'B', 3: 'H', 4: 'I', 6: 'b', 8: 'h', 9: 'i', 13: 'I'}


@dataclass(frozen=True)
class TiffField:
    """One value, as bytes.

    Attributes:
        kind: Number of the type, a key of :data:`SIZES`.
        count: Number of items.
        data: The items in the byte order of their directory.
        position: Where ``data`` starts in the file.
    """

    kind: int
    count: int
    data: bytes | memoryview
    position: int = 0

    @classmethod
    def of_numbers(cls, order: str, kind: int, values: Iterable[int]) -> TiffField:
        """A field of whole numbers of type 1 (8 bits), 3 (16 bits) or 4 (32 bits)."""
        values = tuple(values)
        return cls(kind, len(values), struct.pack(f'{order}{len(values)}{_WHOLE[kind]}', *values))

    @classmethod
    def of_bytes(cls, data: bytes, kind: int = 7) -> TiffField:
        """A field of bytes."""
        return cls(kind, len(data), data)

    @property
    def is_whole(self) -> bool:
        """Whether the items are whole numbers."""
        return self.kind in _WHOLE

    def numbers(self, order: str) -> tuple[int, ...]:
        """All items; empty if they are not whole numbers."""
        if not self.is_whole:
            return ()
        return struct.unpack(f'{order}{self.count}{_WHOLE[self.kind]}', self.data)

    def fractions(self, order: str) -> tuple[float, ...]:
        """All items of unsigned fractions, 0 where one is divided by 0; empty if of other type."""
        if self.kind != 5:
            return ()
        parts = struct.unpack(f'{order}{2 * self.count}I', self.data)
        return tuple(a / b if b else 0.0 for a, b in zip(parts[::2], parts[1::2]))
