"""Files that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from .errors import UserError
from .option_names import option
from .windows import is_running_on_windows, is_windows, replace

LONGEST_NAME = 255
"""Bytes; file systems in common use have no longer ones."""

SECONDS_OF_LEFT_OVERS = 24 * 60 * 60
"""A temporary file that was not written to for a day is nobody's, whichever machine began it."""

MOST_FOLDERS = 10_000
"""Folders that a process remembers to have searched."""

_PLACES_THAT_DO_NOT_SUIT = (errno.EXDEV, errno.ENOENT, errno.EEXIST, errno.ENOTDIR)
"""Of temporary names: on another disk, removed by another process, or a file is in their place."""

_searched: dict[Path, dict[str, list[Path]]] = {}
"""What killed processes left in folders that were searched, by the start of the temporary names."""

_lock = threading.Lock()


def write_bytes(
    path: str | os.PathLike[str],
    data: bytes | memoryview | Iterator[bytes],
    unfinished: Path | None = None,
) -> None:
    """Writes under a temporary name in the same folder, then renames.

    The folder is made if needed. The temporary name is hidden and carries the process, so that
    neither a folder scan nor another process takes it for the file; what a killed process left of
    the same file is removed. A folder is searched for that once, however many files a process
    writes into it.

    Args:
        path: The file.
        data: Its content; of a large file, one piece after the other.
        unfinished: Another folder for the temporary name, made if needed, so that no folder of
            many files is searched at all. What killed processes left in it is for
            :func:`remove_left_overs`. If it is on another disk or cannot be made, the folder of
            the file is taken.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if unfinished is not None:
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
            start = _start_of_temporary(str(threading.get_ident()))
            _write_and_rename(unfinished / f'{start}{os.getpid()}.tmp', path, data)
        except OSError as error:
            if error.errno not in _PLACES_THAT_DO_NOT_SUIT:
                raise
        else:
            return
    start = _start_of_temporary(path.name)
    for left_over in _left_overs(path.parent, start):
        left_over.unlink(missing_ok=True)
    _write_and_rename(path.with_name(f'{start}{os.getpid()}.tmp'), path, data)


def write_text(path: str | os.PathLike[str], text: str, unfinished: Path | None = None) -> None:
    """Writes UTF-8 text as :func:`write_bytes` does."""
    write_bytes(path, text.encode('utf-8'), unfinished)


def remove_left_overs(unfinished: Path) -> None:
    """Removes what killed processes left in a folder of temporary names, and the folder if empty.

    What running processes write stays: that of this machine, and what another one has written to
    within a day.
    """
    oldest = time.time() - SECONDS_OF_LEFT_OVERS
    try:
        for file in [Path(entry.path) for entry in os.scandir(unfinished)]:
            is_old = file.suffix == '.tmp' and file.lstat().st_mtime < oldest
            if is_old or _start_of_left_over(file.name):
                file.unlink(missing_ok=True)
        unfinished.rmdir()
    except OSError:  # it is not there, or not empty
        return


def sync_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk, where the system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(descriptor)
    except OSError:  # nor do all file systems know this
        pass
    finally:
        os.close(descriptor)


def _start_of_temporary(name: str) -> str:
    """The start of the temporary names of a file, of all processes of this machine."""
    end = f'.{_host()}-'
    if len(os.fsencode(f'.{name}{end}')) > LONGEST_NAME - len('1234567890.tmp'):
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return f'.{name}{end}'


def _start_of_left_over(name: str) -> str:
    """The start of a temporary name if a process of this machine that has ended wrote it."""
    start, _, process = name.removesuffix('.tmp').rpartition('-')
    is_ours = name.endswith('.tmp') and start.endswith(f'.{_host()}') and process.isdecimal()
    return f'{start}-' if is_ours and not _is_running(int(process)) else ''


def _host() -> str:
    return socket.gethostname()[:64]


def _left_overs(folder: Path, start: str) -> list[Path]:
    """What killed processes of this machine left of a file, as far as known at the first call."""
    with _lock:
        if folder not in _searched:
            if len(_searched) >= MOST_FOLDERS:
                _searched.clear()
            found = _searched[folder] = {}
            for entry in os.scandir(folder):
                if left_over := _start_of_left_over(entry.name):
                    found.setdefault(left_over, []).append(Path(entry.path))
        return _searched[folder].pop(start, [])


def _write_and_rename(
    temporary: Path, path: Path, data: bytes | memoryview | Iterator[bytes]
) -> None:
    try:
        with open(temporary, 'wb') as file:
            file.writelines(data if isinstance(data, Iterator) else (data,))
            file.flush()
            os.fsync(file.fileno())  # the rename must not reach the disk before the content
        replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    if is_windows():
        return is_running_on_windows(process)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it runs, as another user
        return True
    return True


def check_target(path: Path, overwrite: bool) -> None:
    """Refuses a name at which a tool cannot or must not write its result.

    Raises:
        UserError: It is a folder, or a file that is not to be replaced.
    """
    if path.is_dir():
        raise UserError(f'{path} is a folder: give the name of the file to write.')
    if path.exists() and not overwrite:
        raise UserError(
            f'{path} exists: give another name, or {option("overwrite", True)} to replace it.'
        )


def read_only_reason(path: Path) -> str:
    """Why a file that a user has protected is not replaced; empty if it is not protected.

    Renaming would replace it without a question, as it needs rights to the folder only.
    """
    try:
        is_protected = not path.lstat().st_mode & 0o222
    except OSError:  # there is none
        return ''
    return f'{path} exists and is read-only: give it other rights to replace it.' * is_protected


DIGITS = 16
"""Of the hash that tells shortened names apart."""


def derived_name(name: str, ending: str, start: str = '') -> str:
    """The name between a start and an ending, shortened if file systems have no room for it all.

    Args:
        name: A name that is not too long itself.
        ending: What comes after it.
        start: What comes before it.
    """
    whole = f'{start}{name}{ending}'
    if len(os.fsencode(whole)) <= LONGEST_NAME:
        return whole
    data = os.fsencode(name)
    ending = f'~{hashlib.sha256(data).hexdigest()[:DIGITS]}{ending}'
    room = LONGEST_NAME - len(os.fsencode(f'{start}{ending}'))
    return f'{start}{data[:room].decode("utf-8", "ignore")}{ending}'  # no half of a letter
