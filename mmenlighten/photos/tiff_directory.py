"""Directories of tags, of which TIFF files and EXIF data consist."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from .damaged_photo_error import DamagedPhotoError
from .read_budget import ReadBudget

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


EXIF, GPS, INTEROPERABILITY, ORIENTATION = 34665, 34853, 40965, 274
_CHILDREN = (EXIF, GPS, INTEROPERABILITY)
_MAX_DEPTH = 2


@dataclass
class TiffDirectory:
    """Tags with their values, and the directories that they point to.

    Attributes:
        order: ``'<'`` or ``'>'``, the byte order of the values.
        fields: The fields by tag, without the pointers to the children.
        children: EXIF, GPS and interoperability directories by the tag that points to them.
        next_offset: Where the next directory starts, 0 if this one is the last.
        next_position: Where ``next_offset`` is stored.
    """

    order: str
    fields: dict[int, TiffField] = field(default_factory=dict)
    children: dict[int, TiffDirectory] = field(default_factory=dict)
    next_offset: int = 0
    next_position: int = 0

    @classmethod
    def first(cls, data: bytes | memoryview, budget: ReadBudget | None = None) -> TiffDirectory:
        """Reads the first directory of a file or of EXIF data.

        Raises:
            DamagedPhotoError: It is not there.
        """
        order = {b'II*\0': '<', b'MM\0*': '>'}.get(bytes(data[:4]))
        if order is None or len(data) < 8:
            raise DamagedPhotoError('its list of tags is damaged. Copy it again.')
        return cls.parse(
            data, struct.unpack_from(f'{order}I', data, 4)[0], order, budget or ReadBudget()
        )

    @classmethod
    def parse(
        cls,
        data: bytes | memoryview,
        offset: int,
        order: str,
        budget: ReadBudget,
        depth: int = 0,
    ) -> TiffDirectory:
        """Reads the directory at ``offset``; leaves out fields that point outside of the data.

        Values that claim more bytes together than there are, as in damaged and hostile files, are
        left out too: each would become a copy of the file.

        Raises:
            DamagedPhotoError: The directory itself is not whole.
        """
        view = memoryview(data)
        if offset < 8 or offset + 2 > len(view):
            raise DamagedPhotoError('its list of tags is damaged. Copy it again.')
        count = struct.unpack_from(f'{order}H', view, offset)[0]
        end = offset + 2 + 12 * count
        if end > len(view):
            raise DamagedPhotoError('its list of tags is damaged. Copy it again.')
        budget.enter_directory(offset, count)
        directory = cls(order, next_position=end)
        if end + 4 <= len(view):
            directory.next_offset = struct.unpack_from(f'{order}I', view, end)[0]
        for position in range(offset + 2, end, 12):
            tag, kind, length = struct.unpack_from(f'{order}HHI', view, position)
            size = SIZES.get(kind, 0) * length
            start = position + 8
            if size > 4:
                start = struct.unpack_from(f'{order}I', view, start)[0]
            if size == 0 or start + size > len(view) or not budget.take_tag(size, len(view)):
                continue
            found = TiffField(kind, length, view[start : start + size], start)
            if tag not in _CHILDREN:
                directory.fields.setdefault(tag, found)
            elif depth < _MAX_DEPTH and found.kind in (4, 13) and tag not in directory.children:
                try:
                    child = cls.parse(view, found.numbers(order)[0], order, budget, depth + 1)
                except DamagedPhotoError:
                    continue  # a photograph is worth more than its camera data
                directory.children[tag] = child
        return directory

    def number(self, tag: int, default: int = 0) -> int:
        """The first value of a tag of whole numbers."""
        values = self.numbers(tag)
        return values[0] if values else default

    def numbers(self, tag: int) -> tuple[int, ...]:
        """All values of a tag of whole numbers; empty if it is missing or of another type."""
        return self.fields[tag].numbers(self.order) if tag in self.fields else ()

    def count(self, tag: int) -> int:
        """How many values a tag has; 0 if it is missing or of another type than whole numbers."""
        item = self.fields.get(tag)
        return item.count if item is not None and item.is_whole else 0

    def resolution(self) -> tuple[float, float] | None:
        """Horizontal and vertical resolution in pixels per inch, None if it is not told."""
        if 282 not in self.fields or 283 not in self.fields:
            return None
        values = [self.fields[tag].fractions(self.order)[:1] for tag in (282, 283)]
        factor = {2: 1.0, 3: 2.54}.get(self.number(296, 2))
        if not all(values) or factor is None or not all(value[0] > 0 for value in values):
            return None
        return values[0][0] * factor, values[1][0] * factor

    def to_bytes(self, base: int) -> bytes:
        """The directory as bytes, followed by the values that do not fit into it and the children.

        Args:
            base: Where in the file the result will start.
        """
        tags = sorted([*self.fields, *self.children])
        values = bytearray()
        entries = struct.pack(f'{self.order}H', len(tags))
        values_at = base + 2 + 12 * len(tags) + 4
        for tag in tags:
            if tag in self.children:
                data = self.children[tag].to_bytes(values_at + len(values))
                value = struct.pack(f'{self.order}I', values_at + len(values))
                entries += struct.pack(f'{self.order}HHI', tag, 4, 1) + value
            else:
                item = self.fields[tag]
                data = bytes(item.data)
                entries += struct.pack(f'{self.order}HHI', tag, item.kind, item.count)
                if len(data) <= 4:
                    entries += data.ljust(4, b'\0')
                    continue
                entries += struct.pack(f'{self.order}I', values_at + len(values))
            values += data + b'\0' * (len(data) % 2)  # offsets must be even
        return bytes(entries + b'\0\0\0\0' + values)
