"""The console command as a process, for tests that open its page."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue

from tests.waiting import PATIENCE


class ServedPage:
    """``mmenlighten app`` in a process of its own.

    Args:
        folder: Where it keeps its files while it runs.
        arguments: Options of the command.
    """

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            self.port = free.getsockname()[1]
        script = shutil.which('mmenlighten', path=str(Path(sys.executable).parent))
        command = [script] if script else [sys.executable, '-m', 'mmenlighten']
        self.process = subprocess.Popen(
            [*command, 'app', '--port', str(self.port), '--no-browser', *arguments],
            env=os.environ | {'OMP_NUM_THREADS': '1', 'TMPDIR': str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._coming: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        while not any('The page is at ' in line for line in self.lines):
            try:
                self.lines.append(self._coming.get(timeout=PATIENCE))
            except Empty:
                self.process.kill()
                raise AssertionError(f'The page did not come: {self.lines}') from None
            if self.lines[-1] == '':
                raise AssertionError(f'The page did not come: {self.lines}')

    @property
    def address(self) -> str:
        return f'http://127.0.0.1:{self.port}/'

    def interrupt(self) -> int:
        """Presses Ctrl-C; gives the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> int:
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        while not self._coming.empty():
            self.lines.append(self._coming.get())
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._coming.put(line)
        self._coming.put('')
