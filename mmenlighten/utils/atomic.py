"""Files that appear whole or not at all, whenever the process dies."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(path: str | os.PathLike[str], data: bytes | memoryview) -> None:
    """Writes under a temporary name in the same folder, then renames.

    The folder is made if needed. The temporary name is hidden and carries the process id, so
    that neither a folder scan nor another process takes it for the file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f'.{path.name}.{os.getpid()}.tmp')
    try:
        with open(temporary, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the rename must not reach the disk before the content
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes UTF-8 text as :func:`write_bytes` does."""
    write_bytes(path, text.encode('utf-8'))
