"""A file that keeps nothing of what is written into it."""

from __future__ import annotations

import os


class NullFile:
    """A file that keeps nothing of what is written into it, but knows its place and length."""

    def __init__(self) -> None:
        self.place = self.length = 0

    def write(self, data: bytes) -> int:
        """Goes on by the length of the data."""
        self.place += len(data)
        self.length = max(self.length, self.place)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to a place, as in any file."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.place, os.SEEK_END: self.length}[whence]
        self.place = start + offset
        return self.place

    def tell(self) -> int:
        """The place."""
        return self.place
