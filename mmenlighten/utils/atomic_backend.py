"""MMEngine's local file backend, such that a kill at any moment loses no checkpoint."""

from __future__ import annotations

import os
from pathlib import Path

from mmengine.fileio import LocalBackend, register_backend

from .atomic import write_bytes

_replaced: dict[str, list[str]] = {}
"""Files to remove once the next file of their folder is complete, by folder.

MMEngine removes the old best (or oldest) checkpoint *before* it writes the new one, through
another instance of the backend than the one that writes.
"""


class AtomicLocalBackend(LocalBackend):
    """Writes files whole or not at all, and removes files only after the next one is written."""

    def put(self, obj: bytes | memoryview, filepath: str | Path) -> None:
        """Writes a file, then removes those that waited for it."""
        write_bytes(filepath, obj)
        target = os.path.abspath(filepath)
        for path in _replaced.pop(os.path.dirname(target), []):
            if path != target:
                Path(path).unlink(missing_ok=True)

    def put_text(self, obj: str, filepath: str | Path, encoding: str = 'utf-8') -> None:
        """Writes a text file; removes nothing."""
        write_bytes(filepath, obj.encode(encoding))

    def remove(self, filepath: str | Path) -> None:
        """Removes a file as soon as the next one of its folder is complete."""
        path = os.path.abspath(filepath)
        _replaced.setdefault(os.path.dirname(path), []).append(path)


register_backend('AtomicLocalBackend', AtomicLocalBackend, force=True)
