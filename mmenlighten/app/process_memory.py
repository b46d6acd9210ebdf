"""Memory of another process."""

from __future__ import annotations

import contextlib
from pathlib import Path

KINDS = ('RssAnon:', 'RssShmem:', 'VmSwap:')
"""What is not just a part of a file that the system keeps in memory while there is room."""


def process_memory(process: int) -> int:
    """Bytes that a process has taken; 0 if that is not known, as outside of Linux."""
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f'/proc/{process}/status').read_text().splitlines():
            if line.startswith(KINDS):
                total += int(line.split()[1]) * 1024
    return total
