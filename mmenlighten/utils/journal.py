"""A file of JSON lines that only grows, so that a line costs the same however many there are."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from . import windows
from .atomic import sync_folder, write_bytes

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

MOST_BYTES = 2**16
"""Of a line; a name of 4096 bytes takes less than half of it."""

TRIES = 100
PAUSE = 0.05
"""Seconds between two tries to get the lock, which others hold for less than a millisecond."""

_MIDDLE = b', "check": "'
_TAIL = len(_MIDDLE) + 8 + 2
_FLAGS = os.O_APPEND | os.O_CREAT | os.O_RDWR
_SAFETY = getattr(os, 'O_NOFOLLOW', 0) | getattr(os, 'O_NONBLOCK', 0) | getattr(os, 'O_BINARY', 0)


class Journal:
    """A file of JSON lines that only grows; any number of processes may add lines at once.

    Each line ends with a checksum of the rest. So a line that is cut, as when the disk is full or
    the power fails, is told from a whole one, and costs no other line. Adding takes a lock where
    the file system has locks, and waits until the line is on the disk.

    Args:
        path: The file, which need not exist.
        head: What an empty file begins with.

    Attributes:
        damaged: Lines that were met and are not as they were written.
    """

    def __init__(self, path: Path, head: list[Mapping[str, Any]]) -> None:
        self.path = path
        self.head = head
        self.damaged = 0
        self._offset = 0
        self._identity: tuple[int, int] | None = None
        self._file: int | None = None
        self._threads = threading.RLock()

    def read(self) -> Iterator[dict[str, Any]]:
        """What was added since the last call, or all if the file was replaced since.

        Raises:
            OSError: It cannot be read, or is no regular file.
        """
        try:
            descriptor = os.open(self.path, os.O_RDONLY | _SAFETY)
        except FileNotFoundError:
            return
        with open(descriptor, 'rb') as file:
            state = _state_of_regular(descriptor, self.path)
            if self._identity != (state.st_dev, state.st_ino):
                self._identity, self._offset = (state.st_dev, state.st_ino), 0
            file.seek(self._offset)
            is_inside = False
            while line := file.readline(MOST_BYTES):
                is_whole = line.endswith(b'\n')
                if not is_whole and len(line) < MOST_BYTES:
                    return  # another process is about to add the rest, or never will
                self._offset += len(line)
                is_start, is_inside = not is_inside, not is_whole
                content = decode(line) if is_start and is_whole else None
                if content is not None:
                    yield content
                elif is_start and not _is_cut(line):
                    self.damaged += 1

    def append(self, contents: Iterable[Mapping[str, Any]]) -> None:
        """Adds lines, and waits until they are on the disk.

        Raises:
            OSError: They cannot be written; what was written before stays as it is.
        """
        with self.locked() as (file, _):
            size = os.fstat(file).st_size
            data = b''.join(map(encode, contents if size else [*self.head, *contents]))
            if size and _last_byte(file) != b'\n':  # what another process left of a line
                data = b'\n' + data
            while data:
                data = data[os.write(file, data) :]
        os.fsync(file)
        if not size:
            sync_folder(self.path.parent)

    def replace(self, contents: Iterable[Mapping[str, Any]]) -> None:
        """Writes the file anew, whole or not at all; only while it is locked."""
        write_bytes(self.path, map(encode, contents))
        sync_folder(self.path.parent)

    @contextlib.contextmanager
    def locked(self) -> Iterator[tuple[int, bool]]:
        """The open file, and whether all others wait meanwhile."""
        with self._threads:
            while True:
                if self._file is None:
                    self._file = _open_regular(self.path)
                is_locked = _lock(self._file)
                if self._is_current(self._file):
                    break
                self.close()  # another process has replaced it
            try:
                # Windows would not let an open file be replaced.
                yield self._file, is_locked and not windows.is_windows()
            finally:
                if is_locked:
                    _unlock(self._file)

    def close(self) -> None:
        """Closes the file; it is opened again when needed."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), os.stat(self.path, follow_symlinks=False))
        except FileNotFoundError:
            return False


def encode(content: Mapping[str, Any]) -> bytes:
    """A line, with its checksum as the last key."""
    body = json.dumps(content).encode()
    return b'%s%s%08x"}\n' % (body[:-1], _MIDDLE, zlib.crc32(body))


def decode(line: bytes) -> dict[str, Any] | None:
    """The content of a line; None if it is not as it was written."""
    line = line.rstrip(b'\r\n')
    body, tail = line[:-_TAIL] + b'}', line[-_TAIL:]
    if tail != b'%s%08x"}' % (_MIDDLE, zlib.crc32(body)):
        return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _is_cut(line: bytes) -> bool:
    """Whether a line is empty, or the start of one of which the end was never written."""
    is_short = len(line) < MOST_BYTES
    return is_short and line.startswith((b'{"', b'\n')) and not line.rstrip().endswith(b'"}')


def _lock(file: int) -> bool:
    if fcntl is None and windows.msvcrt is None:
        return False
    for _ in range(TRIES):
        try:
            if fcntl is None:
                windows.lock(file)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            time.sleep(PAUSE)
        except OSError:  # not all network file systems have locks
            return False
        else:
            return True
    return False


def _unlock(file: int) -> None:
    if fcntl is None:
        windows.unlock(file)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)


def _open_regular(path: Path) -> int:
    file = os.open(path, _FLAGS | _SAFETY, 0o666)
    try:
        _state_of_regular(file, path)
    except OSError:
        os.close(file)
        raise
    return file


def _last_byte(file: int) -> bytes:
    os.lseek(file, -1, os.SEEK_END)
    return os.read(file, 1)


def _state_of_regular(descriptor: int, path: Path) -> os.stat_result:
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        raise OSError(0, 'it is no regular file', str(path))
    return state
