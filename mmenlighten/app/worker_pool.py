"""A limited number of workers, for tasks in the order of arrival."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .worker import Worker
from .worker_process import WorkerProcess

AnyWorker = Worker | WorkerProcess
OnWait = Callable[[int], None]

IDLE_SECONDS = 60.0
"""After which a worker is closed that nobody needs."""

WAIT_SECONDS = 0.5
"""Between two calls of `on_wait`."""


class FairQueue:
    """Lets threads work in the order of arrival.

    Args:
        places: How many work at the same time.
    """

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._arrived: list[object] = []
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, on_wait: OnWait | None = None) -> Iterator[None]:
        """Waits until there is a place.

        Args:
            on_wait: Called again and again with the number of those who come first. What it raises
                ends the waiting.
        """
        ticket = object()
        with self._changed:
            self._arrived.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                if on_wait is not None:
                    on_wait(ahead)  # without the lock, as it may take long
                with self._changed:
                    if self._arrived.index(ticket) >= self._places:
                        self._changed.wait(WAIT_SECONDS)
            yield
        finally:
            with self._changed:
                self._arrived.remove(ticket)
                self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        with self._changed:
            index = self._arrived.index(ticket)
            return index if index >= self._places else 0


class WorkerPool:
    """A limited number of workers; each is started when it is needed.

    Args:
        start: Starts one.
        size: How many there are at most.
        start_early: Starts one before it is needed, such as in the place of another that has ended;
            None waits until one is needed.
    """

    def __init__(
        self,
        start: Callable[[], AnyWorker],
        size: int,
        start_early: Callable[[], AnyWorker] | None = None,
    ) -> None:
        self._start = start
        self._start_early = start_early
        self._queue = FairQueue(size)
        self._idle: list[tuple[float, AnyWorker]] = []
        self._all: set[AnyWorker] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    @contextmanager
    def worker(self, on_wait: OnWait | None = None) -> Iterator[AnyWorker]:
        """Waits for a worker, in the order of arrival; see :meth:`FairQueue.turn`."""
        with self._queue.turn(on_wait):
            worker = self._take()
            try:
                yield worker
            finally:
                self._give_back(worker)

    def warm_up(self) -> None:
        """Starts a worker already if that is possible, without waiting for it."""
        if self._start_early is not None:
            self._keep(self._add(self._start_early()))

    def close_idle(self) -> None:
        """Closes workers that nobody has needed for a while."""
        limit = time.monotonic() - IDLE_SECONDS
        with self._lock:
            old = [worker for since, worker in self._idle if since < limit]
            self._idle = [(since, worker) for since, worker in self._idle if worker not in old]
        for worker in old:
            self._forget(worker)

    def close(self) -> None:
        """Closes all workers, whatever they do; who waits for them gets an error."""
        with self._lock:
            self._is_closed = True
            workers, self._all, self._idle = self._all, set(), []
        for worker in workers:
            worker.close()

    def _take(self) -> AnyWorker:
        with self._lock:
            worker = self._idle.pop()[1] if self._idle else None
        if worker is not None and not worker.is_usable:  # it has ended while nobody needed it
            self._forget(worker)
            worker = None
        return worker or self._add(self._start())

    def _give_back(self, worker: AnyWorker) -> None:
        if not worker.is_usable:
            self._forget(worker)
            if self._start_early is None or self._is_closed:
                return
            worker = self._add(self._start_early())
        self._keep(worker)

    def _keep(self, worker: AnyWorker) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append((time.monotonic(), worker))

    def _add(self, worker: AnyWorker) -> AnyWorker:
        with self._lock:
            self._all.add(worker)
            is_closed = self._is_closed
        if is_closed:
            worker.close()
        return worker

    def _forget(self, worker: AnyWorker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.close()
