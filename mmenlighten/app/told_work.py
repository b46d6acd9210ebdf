"""Work in a thread that tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from threading import enumerate as enumerate_threads
from typing import Generic, TypeVar

from .stopped_error import StoppedError

Message = TypeVar('Message')

THREAD_NAME = 'enhancing'


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

    def __iter__(self) -> Iterator[Message]:
        """Starts the work; what it raises is raised here."""
        # A daemon: a long tile must not keep the program from ending.
        Thread(target=self._run, daemon=True, name=THREAD_NAME).start()
        try:
            while (message := self._messages.get()) is not None:
                if self._is_stopped.is_set():
                    return
                if isinstance(message, BaseException):
                    raise message
                yield message
        finally:
            self._is_stopped.set()

    def stop(self) -> None:
        """Ends the iteration at once, and the work as soon as it tells something."""
        self._is_stopped.set()
        self._messages.put(None)

    def _run(self) -> None:
        try:
            self._work(self._tell)
        except StoppedError:
            pass
        except BaseException as error:
            self._messages.put(error)
        finally:
            self._messages.put(None)

    def _tell(self, message: Message) -> None:
        if self._is_stopped.is_set():
            raise StoppedError
        self._messages.put(message)


def is_working() -> bool:
    """Whether some work goes on, perhaps without anybody who listens."""
    return any(thread.name == THREAD_NAME for thread in enumerate_threads())
