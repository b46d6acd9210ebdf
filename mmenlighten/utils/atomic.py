"""Files that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import glob
import os
import socket
import threading
from pathlib import Path

from .errors import UserError


def write_bytes(
    path: str | os.PathLike[str], data: bytes | memoryview, unfinished: Path | None = None
) -> None:
    """Writes under a temporary name in the same folder, then renames.

    The folder is made if needed. The temporary name is hidden and carries the process, so that
    neither a folder scan nor another process takes it for the file; what a killed process left of
    the same file is removed.

    Args:
        path: The file.
        data: Its content.
        unfinished: Another folder on the same disk for the temporary name, which must exist. What
            killed processes left in it is the caller's to remove, and no folder of many files is
            searched for it.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if unfinished is not None:
        name = f'{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}.tmp'
        _write_and_rename(unfinished / name, path, data)
        return
    prefix = f'.{path.name}.{socket.gethostname()}-'
    temporary = path.with_name(f'{prefix}{os.getpid()}.tmp')
    for left_over in path.parent.glob(f'{glob.escape(prefix)}*.tmp'):
        process = left_over.stem[len(prefix) :]
        if process.isdecimal() and not _is_running(int(process)):
            left_over.unlink(missing_ok=True)
    _write_and_rename(temporary, path, data)


def write_text(path: str | os.PathLike[str], text: str, unfinished: Path | None = None) -> None:
    """Writes UTF-8 text as :func:`write_bytes` does."""
    write_bytes(path, text.encode('utf-8'), unfinished)


def _write_and_rename(temporary: Path, path: Path, data: bytes | memoryview) -> None:
    try:
        with open(temporary, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the rename must not reach the disk before the content
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
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
        raise UserError(f'{path} exists: give another name, or --overwrite to replace it.')
