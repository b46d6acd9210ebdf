"""What reading one file may cost."""

from __future__ import annotations

import time
import zlib

from .damaged_photo_error import DamagedMetadataError, DamagedPhotoError

MAX_PIXELS = 200_000_000
"""Number of pixels above which a photograph is refused by its header."""

_SECONDS, _PIXELS_PER_SECOND = 8.0, 2_000_000
_MAX_UNPACKED = 1 << 25  # bytes; a few kilobytes in a hostile file can unpack to gigabytes
_MAX_DIRECTORIES, _MAX_TAGS = 64, 5000  # real files have a few of the former, 200 of the latter
_SHARED_TAGS = 1 << 16  # bytes; some programs store equal values once
COPY_AGAIN = 'Copy it again.'
SAVE_AGAIN = 'Save it again with another program if you trust the file.'


class ReadBudget:
    """Counts what the reading of one file takes, and refuses the file beyond reason.

    One object goes through all readers of a file, so that what is harmless once is not done a
    thousand times. The limits are far above all that cameras and programs write.

    Args:
        max_pixels: Pixels above which the photograph is refused.
        seconds: Processor time of the calling thread that loops may take; a second for each two
            million pixels comes on top.
    """

    def __init__(self, max_pixels: int = MAX_PIXELS, seconds: float = _SECONDS) -> None:
        self.max_pixels = max_pixels
        self._seconds, self._start, self._pixels = seconds, time.thread_time(), 0
        self._unpacked = self._tags = self._tag_bytes = 0
        self._directories: set[int] = set()

    def check_size(self, width: int, height: int) -> None:
        """Refuses a photograph by the size in its header.

        Raises:
            DamagedPhotoError: It has no pixels, or more than ``max_pixels``.
        """
        if width <= 0 or height <= 0:
            raise DamagedPhotoError(
                f'its size of {width}x{height} pixels makes no sense. {COPY_AGAIN}'
            )
        if width * height > self.max_pixels:
            raise DamagedPhotoError(
                f'its {width}x{height} pixels are more than the limit of '
                f'{self.max_pixels / 1e6:g} million. Raise the limit if you trust the file.'
            )
        self._pixels = max(self._pixels, width * height)

    def check_time(self) -> None:
        """To be called in loops whose length the file chooses.

        Raises:
            DamagedPhotoError: The thread has worked on the file for too long.
        """
        limit = self._seconds + self._pixels / _PIXELS_PER_SECOND
        if time.thread_time() - self._start > limit:
            raise DamagedPhotoError(
                f'it takes more than {limit:.0f} seconds to decode, far more than any photo of '
                f'its size. {SAVE_AGAIN}'
            )

    def unpack(self, data: bytes) -> bytes:
        """Undoes zlib's compression of metadata.

        Raises:
            DamagedMetadataError: It is damaged.
            DamagedPhotoError: All that was unpacked of this file together is more than any real
                metadata.
        """
        decoder = zlib.decompressobj()
        room = max(_MAX_UNPACKED - self._unpacked, 0)  # what is over stays over
        try:
            result = decoder.decompress(data, room + 1)
        except zlib.error as error:
            raise DamagedMetadataError(f'its metadata is damaged. {COPY_AGAIN}') from error
        self._unpacked += len(result)
        if len(result) > room:
            raise DamagedPhotoError(
                f'its metadata unpacks to more than {_MAX_UNPACKED >> 20} MB. '
                'Save it again without its texts and profile if you trust the file.'
            )
        if not decoder.eof:
            raise DamagedMetadataError(f'its metadata is damaged. {COPY_AGAIN}')
        return result

    def enter_directory(self, offset: int, tags: int) -> None:
        """Counts a directory of tags; each may be visited once.

        Raises:
            DamagedPhotoError: It was visited before, or there are too many.
        """
        if offset in self._directories:
            raise DamagedPhotoError(f'its lists of tags go round in a circle. {COPY_AGAIN}')
        self._directories.add(offset)
        self._tags += tags
        if len(self._directories) > _MAX_DIRECTORIES or self._tags > _MAX_TAGS:
            raise DamagedPhotoError(f'it has more than {_MAX_TAGS} tags. {COPY_AGAIN}')

    def take_tag(self, size: int, data_size: int) -> bool:
        """Counts the bytes of a tag's value; False if all are more than the data they are in."""
        is_within = self._tag_bytes + size <= data_size + _SHARED_TAGS
        self._tag_bytes += size if is_within else 0
        return is_within
