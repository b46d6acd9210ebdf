"""Paths without links, found fast for many files of the same folders."""

from __future__ import annotations

import os
from pathlib import Path


class RealPaths:
    """Paths without links; each folder is looked up once."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}

    def of(self, path: Path) -> str:
        """Where a path leads."""
        place = self.place_of(path)
        return os.path.realpath(place) if os.path.islink(place) else place

    def both(self, path: Path) -> tuple[str, str]:
        """Where it is, and where it leads."""
        return self.place_of(path), self.of(path)

    def place_of(self, path: Path) -> str:
        """The same without following the path itself, if it is a link."""
        folder, name = os.path.split(path)
        if name in ('', '.', '..'):
            return os.path.realpath(path)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)
