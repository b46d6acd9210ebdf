"""What Windows does otherwise: files that others have open, locks, processes, quoting."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds between the tries to replace a file that another process has open."""

_PLACE_OF_LOCK = 2**40
"""A byte that no file has: what is locked can neither be read nor written by others."""

_MAY_ASK, _IS_RUNNING, _NO_ACCESS = 0x1000, 259, 5
"""``PROCESS_QUERY_LIMITED_INFORMATION``, ``STILL_ACTIVE`` and ``ERROR_ACCESS_DENIED``."""

try:
    import msvcrt as _msvcrt
except ImportError:  # all other systems
    _msvcrt = None  # type: ignore[assignment]
msvcrt: Any = _msvcrt


def is_windows() -> bool:
    """Whether this is Windows."""
    return sys.platform == 'win32'


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Renames a file and replaces another, on Windows as soon as nobody has that one open.

    Virus scanners, indexers and viewers have new files open for moments.
    """
    for pause in PAUSES if is_windows() else ():
        try:
            os.replace(source, target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(source, target)


def lock(file: int) -> None:
    """Locks an open file, or raises PermissionError at once if another process has."""
    _at_place_of_lock(file, msvcrt.LK_NBLCK)


def unlock(file: int) -> None:
    """Undoes :func:`lock`."""
    _at_place_of_lock(file, msvcrt.LK_UNLCK)


def _at_place_of_lock(file: int, action: int) -> None:
    os.lseek(file, _PLACE_OF_LOCK, os.SEEK_SET)
    msvcrt.locking(file, action, 1)


def is_running_on_windows(process: int) -> bool:
    """Whether there is a process; ``os.kill`` with the signal 0 would send it a Ctrl-C there."""
    import ctypes

    kernel: Any = ctypes.WinDLL('kernel32', use_last_error=True)  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(_MAY_ASK, False, process)
    if not handle:
        return bool(ctypes.get_last_error() == _NO_ACCESS)  # type: ignore[attr-defined]
    try:
        status = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(status))
        return status.value == _IS_RUNNING
    finally:
        kernel.CloseHandle(handle)


def shell_word(text: str) -> str:
    """A text as a word of a command line, in quotes where the shell of the system needs them."""
    import shlex
    import subprocess

    return subprocess.list2cmdline([text]) if is_windows() else shlex.quote(text)


def case_key(path: str) -> str:
    """What all spellings of a path have in common where upper and lower case name one file."""
    is_one = sys.platform in ('win32', 'darwin')
    return os.path.normcase(path).lower() if is_one else path
