"""What visitors have sent and not handed over yet."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

"""Characters; file systems allow 255 bytes, of which a letter may take four."""

KEEP_SECONDS = 1200.0
"""How long a file waits to be handed over."""


class Uploads:
    """What visitors have sent and not handed over yet.

    A browser gets a reference for each file, which is not its path and cannot be guessed; only
    who sent the file can hand it over, once. No path that comes from outside is ever opened.

    Args:
        root: The folder in which it makes its own.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root.resolve() / 'uploads'
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._files: dict[str, tuple[str, Path]] = {}
        self._ended: dict[str, float | None] = {}
        self._lock = threading.Lock()

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """A folder of its own for the files of one request; it is removed if that fails."""
        folder = self.folder / secrets.token_urlsafe(18)
        folder.mkdir(mode=0o700)
        with self._lock:
            self._ended[folder.name] = None
        try:
            yield folder
        except BaseException:  # also when the browser is gone
            self._remove(folder.name)
            raise
        with self._lock:
            self._ended[folder.name] = time.monotonic()

    def keep(self, path: Path, owner: str) -> str:
        """Keeps a file until it is handed over; gives its reference.

        Args:
            path: The file, in a folder of :meth:`receiving`.
            owner: Who sent it.

        Raises:
            FileNotFoundError: It is not there, or it is a link.
        """
        if not self.holds(path):
            raise FileNotFoundError(path)
        request = path.relative_to(self.folder).parts[0]
        with self._lock:
            # Two files of one name and content are one file here.
            count = sum(one.startswith(f'{request}/') for one in self._files)
            reference = f'{request}/{count}/{path.name}'
            self._files[reference] = owner, path
        return reference

    def holds(self, path: Path) -> bool:
        """Whether the path is that of a file in this folder, and of nothing that links lead to."""
        try:
            real = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return False
        return real == path and path.is_file() and self.folder in path.parents

    def claim(self, references: list[str], owner: str) -> list[Path] | None:
        """The files that are handed over; None, and nothing is, if one of them is not theirs.

        Args:
            references: What :meth:`keep` gave.
            owner: Who hands them over.
        """
        with self._lock:
            if len(set(references)) < len(references) or any(
                self._files.get(reference, (None,))[0] != owner for reference in references
            ):
                return None
            for reference in references:
                self._ended[reference.partition('/')[0]] = time.monotonic()
            return [self._files.pop(reference)[1] for reference in references]

    def discard(self, path: Path) -> None:
        """Removes a file that was taken over, and its folders once they are empty."""
        if not self.holds(path):
            return
        path.unlink()
        for folder in path.parents:
            if folder == self.folder or any(folder.iterdir()):
                return
            folder.rmdir()

    def forget_old(self) -> None:
        """Removes what nobody has handed over for `KEEP_SECONDS`."""
        limit = time.monotonic() - KEEP_SECONDS
        with self._lock:
            old = [name for name, ended in self._ended.items() if ended and ended < limit]
        for name in old:
            self._remove(name)

    def _remove(self, name: str) -> None:
        with self._lock:
            self._ended.pop(name, None)
            for reference in [one for one in self._files if one.startswith(f'{name}/')]:
                del self._files[reference]
        shutil.rmtree(self.folder / name, ignore_errors=True)
