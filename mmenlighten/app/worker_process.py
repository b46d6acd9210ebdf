"""A process that does the work on photographs, and can be stopped at any time."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from mmenlighten.utils import errors
from mmenlighten.utils.errors import UserError

from .errors import LimitError
from .limits import MIB, Limits, process_memory
from .task import Task
from .worker import Check, OnTiles, WorkerSetup

LOOK_SECONDS = 0.1
"""Between two looks at whether somebody waits, and at what the process takes."""

GRACE_SECONDS = 0.5
"""How long a process that is stopped may take to come to the end of a tile."""

MOST_BLOAT = 200 * MIB
"""What a process may keep of a task beyond what it had before its first one."""

START = (
    'import json, sys; sys.path[:] = json.loads(sys.argv[1]); '
    'from mmenlighten.app.worker_main import main; main()'
)


class WorkerProcess:
    """A process that does the work on photographs, and can be stopped at any time.

    Tasks and answers are lines of JSON: no pickles are taken from a process that has read hostile
    files.

    Args:
        setup: What it needs to know.
        folder: In which it gets one of its own for temporary files, which a process that is killed
            leaves behind.
        warm_up: A model to be built at once, without waiting for it, or for what is wrong with it.
    """

    def __init__(self, setup: WorkerSetup, folder: Path, warm_up: str = '') -> None:
        self._setup = setup
        self._temporary = tempfile.mkdtemp(dir=folder)
        self._budget: int | None = None
        self._first: int | None = None
        self._is_busy = False
        self._messages: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, '-c', START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | dict.fromkeys(('TMPDIR', 'TEMP', 'TMP'), self._temporary),
            start_new_session=True,  # Ctrl-C is for the server
            creationflags=getattr(subprocess, 'CREATE_NEW_PROCESS_GROUP', 0),  # so on Windows
        )
        threading.Thread(target=self._receive, daemon=True).start()
        self._send(dataclasses.asdict(setup))
        if warm_up:
            self._send({'warm_up': warm_up})

    def do(
        self, task: Task, on_tiles: OnTiles | None = None, check: Check | None = None
    ) -> dict[str, Any]:
        """Does a task; see :meth:`Worker.do`.

        Raises:
            UserError: The photograph or the model cannot be used.
            OSError: Files cannot be written, as on a full disk.
            LimitError: It takes too long or too much memory, or its process has ended.
        """
        if self._first is None:
            self._first = process_memory(self.process.pid)
        limits = Limits.of(
            task, self._setup.max_pixels, process_memory(self.process.pid), self._budget
        )
        deadline = time.monotonic() + limits.seconds
        self._is_busy = True
        self._send(task.to_json())
        try:
            while True:
                if check is not None:
                    check()
                self._hold_to(limits, deadline)
                message = self._next()
                if message is None:
                    continue
                if 'tiles' not in message:
                    return self._end(message)
                if on_tiles is not None:
                    on_tiles(int(message['done']), int(message['tiles']))
        except LimitError:
            self.close()
            raise
        except BaseException:
            if self._is_busy:
                self._stop()
            raise

    @property
    def is_usable(self) -> bool:
        """Whether it can do a further task, and keeps nothing of those before."""
        if self._is_busy or self.process.poll() is not None:
            return False
        if self._budget is not None:  # it has a model, whose memory is its own
            return True
        return process_memory(self.process.pid) <= (self._first or 0) + MOST_BLOAT

    def close(self) -> None:
        """Ends it at once, whatever it does."""
        self._is_busy = True
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        shutil.rmtree(self._temporary, ignore_errors=True)

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended: see _next
            self.process.stdin.write(json.dumps(message).encode() + b'\n')
            self.process.stdin.flush()

    def _receive(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self.process.stdout:
                self._messages.put(json.loads(line))
        self._messages.put(None)

    def _hold_to(self, limits: Limits, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise LimitError(f'it takes more than {limits.seconds:.0f} seconds')
        if limits.memory is not None and process_memory(self.process.pid) > limits.memory:
            raise LimitError(f'it takes more than {limits.memory / MIB:.0f} MiB of memory')

    def _next(self) -> dict[str, Any] | None:
        """The next message; None if there is none for a while."""
        try:
            message = self._messages.get(timeout=LOOK_SECONDS)
        except Empty:
            return None
        if message is None:
            raise LimitError('the process that works on it has ended')
        return message

    def _end(self, message: dict[str, Any]) -> dict[str, Any]:
        self._is_busy = False
        if 'message' in message:
            raise getattr(errors, str(message['kind']), UserError)(message['message'])
        if 'errno' in message:
            raise OSError(message['errno'], message['strerror'])
        if 'end' not in message:
            raise RuntimeError('The worker process has printed its error above.')
        self._budget = message['end'].get('budget', self._budget)
        return message['end']

    def _stop(self) -> None:
        """Lets it come to the end of a tile, or ends it."""
        self._send({'stop': True})
        deadline = time.monotonic() + GRACE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = self._messages.get(timeout=left)
            except Empty:
                break
            if message is None:
                break
            if 'tiles' not in message:
                self._is_busy = False
                return
        self.close()
