"""A thread that does one thing after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Value = TypeVar('Value')


class WorkerThread:
    """A thread that does one thing after the other.

    Unlike a :class:`concurrent.futures.ThreadPoolExecutor` of one, it does not keep the process
    from ending.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._waiting: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]
        self._waiting = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, function: Callable[..., Value], *arguments: Any) -> Future[Value]:
        """Does something as soon as all before it is done."""
        future: Future[Value] = Future()
        self._waiting.put((future, lambda: function(*arguments)))
        return future

    def close(self, wait: bool = True, cancel: bool = False) -> None:
        """Ends the thread after what was submitted.

        Args:
            wait: Whether to wait for that.
            cancel: Whether what has not begun is left undone.
        """
        while cancel:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is not None:
                item[0].cancel()
        self._waiting.put(None)
        if wait:
            self._thread.join()

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None:
            future, work = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                value = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(value)
                del value
            del item, future, work  # nothing is kept in memory while nothing is to be done
