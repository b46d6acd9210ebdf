"""A limit on the size of a folder that several processes fill."""

from __future__ import annotations

import os
from pathlib import Path

_SHARE = 64


class FolderBudget:
    """Tells whether a file may still be added to a folder without exceeding a limit.

    Looking into a folder of many files takes long, so a process looks again only after it has
    written a 64th of what was free. Up to 64 processes thus stay below the limit together, and
    where little is left, each looks before and after each file.

    Args:
        folder: Its files are counted, those of other processes and unfinished ones included.
        max_bytes: Most that all of them may take.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder, self.max_bytes = folder, max_bytes
        self._allowance = 0
        self._is_tight = True

    def has_room(self, size: int) -> bool:
        """Whether a file of so many bytes fits; it is then taken as about to be written."""
        if size > self._allowance:
            free = self.max_bytes - self.used()
            self._allowance = free // _SHARE
            self._is_tight = size > self._allowance
            if self._is_tight:
                return size <= free
        self._allowance -= size
        return True

    def is_exceeded(self) -> bool:
        """Whether a file just written is too much after all, as others were written meanwhile."""
        return self._is_tight and self.used() > self.max_bytes

    def used(self) -> int:
        """Bytes of all files in the folder and its sub-folders."""
        total = 0
        for current, _, names in os.walk(self.folder):
            for name in names:
                try:
                    total += os.stat(os.path.join(current, name)).st_size
                except OSError:  # renamed or deleted by another process meanwhile
                    continue
        return total
