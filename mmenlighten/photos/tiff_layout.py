"""Where in a TIFF file the pixels are."""

from __future__ import annotations

from dataclasses import dataclass

from .damaged_photo_error import DamagedPhotoError
from .read_budget import SAVE_AGAIN
from .tiff_directory import TiffDirectory

_BEYOND = 1 << 22  # pixels of tiles that lie beyond the picture
_SHARED = 1 << 26  # bytes that are read more than once
_FEW = 1 << 16  # strips or tiles that are not too many for any picture
_DAMAGED = 'its strips or tiles are damaged. Copy it again.'


@dataclass(frozen=True)
class TiffLayout:
    """The strips or tiles that make up a picture.

    Attributes:
        is_tiled: Whether they are tiles; strips are as wide as the picture.
        columns: Width of each.
        rows: Height of each; the last strip may have fewer.
        planes: 1, or the number of channels if each is stored for itself.
        offsets: Where each starts: plane by plane, from top to bottom, from left to right.
        sizes: Bytes of each.
    """

    is_tiled: bool
    columns: int
    rows: int
    planes: int
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, page: TiffDirectory, file_size: int) -> TiffLayout:
        """Reads it from a directory.

        Raises:
            DamagedPhotoError: Some are missing or not whole, or they are so many or so large
                that decoding them would take minutes. Decoders would leave the missing ones black.
        """
        width, height, channels = page.number(256), page.number(257), page.number(277, 1)
        is_tiled = 322 in page.fields
        places, lengths = (324, 325) if is_tiled else (273, 279)
        if is_tiled:
            columns, rows = page.number(322), page.number(323)
        else:
            columns, rows = width, min(page.number(278, height), height)
        if min(rows, columns, channels) < 1:
            raise DamagedPhotoError(_DAMAGED)
        planes = channels if page.number(284, 1) == 2 else 1
        count = planes * -(-height // rows) * -(-width // columns)
        if (
            min(page.count(places), page.count(lengths)) < count
            # Tiles may reach beyond the picture, but not by any length.
            or count * rows * columns > 4 * planes * width * height + _BEYOND
        ):
            raise DamagedPhotoError(_DAMAGED)
        if count > _FEW + planes * width * height // 64:
            raise DamagedPhotoError(
                f'its {count} strips or tiles are far more than its size needs. {SAVE_AGAIN}'
            )
        offsets, sizes = page.numbers(places)[:count], page.numbers(lengths)[:count]
        if any(
            min(offset, size) < 0 or offset + size > file_size
            for offset, size in zip(offsets, sizes)
        ):
            raise DamagedPhotoError(_DAMAGED)
        bits = max((sum(page.numbers(258)) or channels) // planes, 1)  # of a pixel
        raw_size = planes * height * -(-width * bits // 8)  # rows start with a new byte
        if page.number(259, 1) == 1 and sum(sizes) < raw_size:
            raise DamagedPhotoError('the file ends before the picture does. Copy it again.')
        # Equal tiles may be stored once, but not in such numbers.
        if sum(sizes) > 2 * max(file_size, raw_size) + _SHARED:
            raise DamagedPhotoError(f'its strips or tiles share their bytes. {SAVE_AGAIN}')
        return cls(is_tiled, columns, rows, planes, offsets, sizes)
