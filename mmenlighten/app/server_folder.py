"""The folder of a server, and those of servers that were killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PREFIX = 'mmenlighten-app-'
OWNER = 'owner.lock'
"""A file that the server holds locked as long as it lives, however it ends."""


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder for uploads and results that nobody else can read; it is removed in the end.

    What servers left behind that were killed is removed first.
    """
    remove_left_over()
    folder = make_folder()
    lock = None
    try:
        lock = _lock(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            lock.close()


def make_folder() -> Path:
    """A folder for uploads and results that nobody else can read."""
    return Path(tempfile.mkdtemp(prefix=PREFIX))


def remove_left_over() -> None:
    """Removes folders of servers that live no more, and of nobody else.

    A folder is one if this user owns it, nobody else may read it, and it holds the file that its
    server locked; the system unlocks it when the server ends. Where files cannot be locked so,
    nothing is removed.
    """
    for folder in Path(tempfile.gettempdir()).glob(f'{PREFIX}*'):
        with contextlib.suppress(OSError):
            if not _is_own(folder):
                continue
            with open(folder / OWNER, 'rb+') as lock:
                if _try_to_lock(lock):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    found, owner = folder.lstat(), (folder / OWNER).lstat()
    return (
        hasattr(os, 'getuid')
        and stat.S_ISDIR(found.st_mode)
        and stat.S_IMODE(found.st_mode) == 0o700
        and stat.S_ISREG(owner.st_mode)
        and found.st_uid == owner.st_uid == os.getuid()
    )


def _lock(folder: Path) -> IO[bytes]:
    """Locks the folder: nobody finds the file before it is locked."""
    unfinished = folder / f'{OWNER}.new'
    lock = open(unfinished, 'wb+')  # noqa: SIM115
    _try_to_lock(lock)
    with contextlib.suppress(OSError):  # where what is open cannot be renamed, nothing is locked
        unfinished.rename(folder / OWNER)
    return lock


def _try_to_lock(file: IO[bytes]) -> bool:
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
