"""Work in a thread that tells how far it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Generic, TypeVar

from .stopped_error import StoppedError

Message = TypeVar('Message')


class ToldWork(Generic[Message]):
    """Does work in a thread, and yields what it tells in the meantime.

    Args:
        work: Gets a function that tells a message. It raises `StoppedError` when nobody listens any
            more, such as when the visitor has closed the page.
    """

    def __init__(self, work: Callable[[Callable[[Message], None]], None]) -> None:
        self._work = work
        self._messages: SimpleQueue[Message | BaseException | None] = SimpleQueue()
        self._is_stopped = Event()
        self._wake: Callable[[], None] = lambda: None

    def __iter__(self) -> Iterator[Message]:
        """Starts the work; what it raises is raised here."""
        self._start()
        try:
            while (message := self._messages.get()) is not None:
                if self._is_stopped.is_set():
                    return
                if isinstance(message, BaseException):
                    raise message
                yield message
        finally:
            self._is_stopped.set()

    async def __aiter__(self) -> AsyncIterator[Message]:
        """The same without a thread that waits: as many can listen as like."""
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
                    message = self._messages.get()
                    if message is None or self._is_stopped.is_set():
                        return
                    if isinstance(message, BaseException):
                        raise message
                    yield message
                await has_come.wait()
        finally:
            self._is_stopped.set()

    def stop(self) -> None:
        """Ends the iteration at once, and the work as soon as it tells something or looks."""
        self._is_stopped.set()
        self._put(None)

    def check(self) -> None:
        """Raises `StoppedError` if nobody listens any more."""
        if self._is_stopped.is_set():
            raise StoppedError

    def _start(self) -> None:
        # A daemon: a long tile must not keep the program from ending.
        Thread(target=self._run, daemon=True, name='enhancing').start()

    def _run(self) -> None:
        try:
            self._work(self._tell)
        except StoppedError:
            pass
        except BaseException as error:
            self._put(error)
        finally:
            self._put(None)

    def _tell(self, message: Message) -> None:
        self.check()
        self._put(message)

    def _put(self, message: Message | BaseException | None) -> None:
        self._messages.put(message)
        self._wake()
