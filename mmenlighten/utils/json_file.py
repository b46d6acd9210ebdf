"""Reads small JSON files that may have been damaged, or replaced by something else."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

_SAFETY = getattr(os, 'O_NONBLOCK', 0) | getattr(os, 'O_BINARY', 0)


def read_json(path: Path, most_bytes: int) -> Any:
    """The content of a file; None if it is not JSON.

    Raises:
        OSError: There is no such file, it is too large or no regular file, or may not be read.
    """
    # A pipe would be waited for.
    descriptor = os.open(path, os.O_RDONLY | _SAFETY)
    with open(descriptor, 'rb') as file:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise OSError(0, 'it is no regular file', str(path))
        if state.st_size > most_bytes:
            raise OSError(0, f'its {state.st_size} bytes are too many', str(path))
        content = file.read()
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
