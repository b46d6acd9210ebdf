"""Files and folders whose paths fit a pattern."""

from __future__ import annotations

import fnmatch
import glob
import os
from collections.abc import Iterator
from pathlib import Path

from .folder_walk import FolderWalk


class PathPattern:
    """A path with ``*``, ``?``, ``[...]`` in its parts, or ``**`` as a part for any folders.

    Unlike with :mod:`glob`, ``**`` enters each real folder once, so links that lead back end; parts
    that exist as they are written are no patterns; and what may not be read is kept in the walk.

    Args:
        path: The path.
        walk: What goes through folders.
    """

    def __init__(self, path: Path, walk: FolderWalk) -> None:
        self.path = path
        self.walk = walk
        parts = list(path.parts)
        count = 0
        while count < len(parts) and not _is_pattern(Path(*parts[:count]), parts[count]):
            count += 1
        self.root = Path(*parts[:count])
        """The folders before the first wildcard."""
        self._parts = parts[count:]

    def matches(self) -> list[Path]:
        """What fits, in the order of names; nothing hidden unless the pattern's part is."""
        found = [self.root]
        for position, part in enumerate(self._parts):
            if part == '**' and position == len(self._parts) - 1:
                break  # all that is below: the folder itself says it
            found = list(dict.fromkeys(path for top in found for path in self._step(top, part)))
        return found

    def _step(self, folder: Path, part: str) -> Iterator[Path]:
        if part == '**':
            yield from (below for below, _ in self.walk.folders(folder))
        elif not _is_pattern(folder, part):
            if os.path.lexists(folder / part):
                yield folder / part
        else:
            entries = self.walk.entries(folder, with_hidden=part.startswith('.'))
            names = [entry.name for entry in entries]
            yield from (folder / name for name in fnmatch.filter(names, part))


def _is_pattern(folder: Path, part: str) -> bool:
    return part == '**' or (glob.has_magic(part) and not os.path.lexists(folder / part))
