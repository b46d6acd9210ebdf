"""Kills a worker of Ray in the middle of a run (Linux only)."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path


class WorkerKiller(threading.Thread):
    """Kills a worker when so many results are there.

    Args:
        out: The folder of the results.
        count: Of results.
    """

    def __init__(self, out: Path, count: int) -> None:
        super().__init__(daemon=True)
        self.out = out
        self.count = count
        self.before: dict[Path, int] = {}
        self.memory = 0

    def run(self) -> None:
        """Waits, kills, and notes which results were there."""
        while len(results(self.out)) < self.count:
            time.sleep(0.02)
        worker = worker_processes()[0]
        pages = int(Path(f'/proc/{worker}/statm').read_text().split()[1])
        self.memory = pages * os.sysconf('SC_PAGE_SIZE')
        os.kill(worker, signal.SIGKILL)
        self.before = {path: path.stat().st_mtime_ns for path in results(self.out)}

    def written_again(self) -> int:
        """Results that were there and were written once more."""
        return sum(path.stat().st_mtime_ns != when for path, when in self.before.items())


def results(out: Path) -> list[Path]:
    """The results that are there."""
    return list(out.glob('*.jpg'))


def worker_processes() -> list[int]:
    """The workers of Ray that this process has started."""
    return [
        process
        for process in (int(folder.name) for folder in Path('/proc').glob('[0-9]*'))
        if _words(process).startswith(b'ray::') and _is_ours(process)
        if b'BulkWorker' in _words(process)
    ]


def _words(process: int) -> bytes:
    try:
        return Path(f'/proc/{process}/cmdline').read_bytes()
    except OSError:  # it has ended
        return b''


def _is_ours(process: int) -> bool:
    """Whether it comes from this process, over any number of others."""
    while process > 1:
        if process == os.getpid():
            return True
        try:
            state = Path(f'/proc/{process}/stat').read_text()
        except OSError:
            return False
        process = int(state.rpartition(')')[2].split()[1])  # its parent
    return False
