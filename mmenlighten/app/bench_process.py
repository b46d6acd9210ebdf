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

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils import errors
from mmenlighten.utils.errors import UserError

from .bench import Check, TellTiles
from .limit_error import LimitError
from .limits import MIB, Limits
from .process_memory import process_memory
from .task import Task

LOOK_SECONDS = 0.1
"""Between two looks whether somebody waits, and at what the process takes."""

GRACE_SECONDS = 0.5
"""How long a process that is stopped may take to come to the end of a tile."""

MOST_BLOAT = 200 * MIB
"""What a process may keep of a task beyond what it had before its first one."""

START = (
    'import json, sys; sys.path[:] = json.loads(sys.argv[1]); '
    'from mmenlighten.app.bench_main import main; main()'
)


@dataclasses.dataclass(frozen=True)
class BenchSetup:
    """What a process needs to know to work as a :class:`Bench`.

    Args:
        models: The models to choose from, by the words that visitors read.
        build: Module and name of the function that makes a model ready.
        options: How photographs are enhanced.
        max_pixels: Photographs with more pixels are refused.
        memory: What the system lets the process take; None for no limit.
    """

    models: dict[str, ModelChoice]
    build: tuple[str, str]
    options: EnhanceOptions
    max_pixels: int
    memory: int | None = None


class BenchProcess:
    """A process that does the work on photographs, and can be stopped at any time.

    It gets tasks and tells what it does in lines of JSON: a process that has read hostile files is
    not trusted with objects of this one.

    Args:
        setup: What it needs to know.
        folder: In which it gets one of its own for temporary files, which a process that is ended
            leaves behind.
    """

    def __init__(self, setup: BenchSetup, folder: Path) -> None:
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
        )
        threading.Thread(target=self._receive, daemon=True).start()
        self._send(dataclasses.asdict(setup))

    def do(
        self, task: Task, tell: TellTiles | None = None, check: Check | None = None
    ) -> dict[str, Any]:
        """Does a task; see :meth:`Bench.do`.

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
                if message is not None and tell is not None and 'tiles' in message:
                    tell(int(message['done']), int(message['tiles']))
                elif message is not None and 'tiles' not in message:
                    return self._end(message)
        except LimitError:
            self.close()
            raise
        except BaseException:
            if self._is_busy:
                self._stop()
            raise

    def warm_up(self, model: str) -> None:
        """Has a model made ready, without waiting for it, or for what is wrong with it."""
        self._send({'warm_up': model})

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
        with contextlib.suppress(OSError, ValueError):  # it has ended, which is told when waiting
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
        if 'sentence' in message:
            kind = getattr(errors, str(message['kind']), UserError)
            raise kind(message['sentence'])
        if 'errno' in message:
            raise OSError(message['errno'], message['strerror'])
        if 'end' not in message:
            raise RuntimeError('The error is above.')
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
