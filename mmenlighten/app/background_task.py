"""Work in a thread that reports how far it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

from .errors import StoppedError

Message = TypeVar('Message')


class BackgroundTask(Generic[Message]):
    """Does work in a thread; iterating over it starts the work and yields what it reports.

    What the work raises is raised in the iteration.

    Args:
        work: Gets :meth:`report`, which raises `StoppedError` when nobody listens any more, such as
            when the visitor has closed the page.
    """

    def __init__(self, work: Callable[[Callable[[Message], None]], None]) -> None:
        self._work = work
        self._messages: SimpleQueue[Message | BaseException | None] = SimpleQueue()
        self._is_stopped = Event()
        self._wake: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Message]:
        """Waits in the calling thread."""
        self._start()
        try:
            while (message := self._next()) is not None:
                yield message
        finally:
            self._is_stopped.set()

    async def __aiter__(self) -> AsyncIterator[Message]:
        """Waits without a thread, so that any number can listen."""
        loop, has_come = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(has_come.set)

        self._wake = wake
        self._start()
        try:
            while True:
                has_come.clear()
                while not self._messages.empty():
                    if (message := self._next()) is None:
                        return
                    yield message
                await has_come.wait()
        finally:
            self._is_stopped.set()

    def stop(self) -> None:
        """Ends the iteration at once, and the work at its next report or check."""
        self._is_stopped.set()
        self._put(None)

    def check(self) -> None:
        """Raises `StoppedError` if nobody listens any more."""
        if self._is_stopped.is_set():
            raise StoppedError

    def report(self, message: Message) -> None:
        """Yields a message in the iteration, unless nobody listens any more; see :meth:`check`."""
        self.check()
        self._put(message)

    def _start(self) -> None:
        # A daemon: a long tile must not keep the program from ending.
        Thread(target=self._run, daemon=True, name='enhancing').start()

    def _run(self) -> None:
        try:
            self._work(self.report)
        except StoppedError:
            pass
        except BaseException as error:
            self._put(error)
        finally:
            self._put(None)

    def _put(self, message: Message | BaseException | None) -> None:
        self._messages.put(message)
        self._wake()

    def _next(self) -> Message | None:
        """Waits for the next message; None at the end."""
        message = self._messages.get()
        if self._is_stopped.is_set():
            return None
        if isinstance(message, BaseException):
            raise message
        return message
