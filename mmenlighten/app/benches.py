"""As many benches as may work at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from .bench import Check, TellTiles
from .task import Task
from .turns import Turns

IDLE_SECONDS = 60.0
"""After which a bench is closed that nobody needs."""


class AnyBench(Protocol):
    """What does tasks, in this process or in another."""

    def do(
        self, task: Task, tell: TellTiles | None = None, check: Check | None = None
    ) -> dict[str, Any]:
        """Does a task."""

    def close(self) -> None:
        """Ends what goes on."""

    @property
    def is_usable(self) -> bool:
        """Whether it can do a further task."""


class Benches:
    """As many benches as may work at the same time; each is made when it is needed.

    Args:
        make: Makes one.
        places: How many there are at most.
        replace: Makes one before it is needed, such as in the place of another that can be used no
            more; None waits until one is needed.
    """

    def __init__(
        self,
        make: Callable[[], AnyBench],
        places: int,
        replace: Callable[[], AnyBench] | None = None,
    ) -> None:
        self._make = make
        self._replace = replace
        self._turns = Turns(places)
        self._idle: list[tuple[float, AnyBench]] = []
        self._all: set[AnyBench] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    @contextmanager
    def place(self, tell: Callable[[int], None] | None = None) -> Iterator[AnyBench]:
        """Waits for a place, in the order of arrival; gives the bench there.

        Args:
            tell: Told again and again how many come before. What it raises ends the waiting.
        """
        with self._turns.turn(tell):
            bench = self._take()
            try:
                yield bench
            finally:
                self._give_back(bench)

    def warm_up(self) -> None:
        """Makes one already, without waiting for it, if they are made so."""
        if self._replace is not None:
            self._keep(self._add(self._replace()))

    def close_idle(self) -> None:
        """Closes benches that nobody has needed for a while."""
        limit = time.monotonic() - IDLE_SECONDS
        with self._lock:
            old = [bench for since, bench in self._idle if since < limit]
            self._idle = [(since, bench) for since, bench in self._idle if bench not in old]
            self._all.difference_update(old)
        for bench in old:
            bench.close()

    def close(self) -> None:
        """Closes all, whatever they do; those who wait for them get an error."""
        with self._lock:
            self._is_closed = True
            benches, self._all, self._idle = self._all, set(), []
        for bench in benches:
            bench.close()

    def _take(self) -> AnyBench:
        with self._lock:
            bench = self._idle.pop()[1] if self._idle else None
        if bench is not None and bench.is_usable:
            return bench
        if bench is not None:  # it has ended while it had nothing to do
            self._forget(bench)
        return self._add(self._make())

    def _give_back(self, bench: AnyBench) -> None:
        if not bench.is_usable:
            self._forget(bench)
            if self._replace is None or self._is_closed:
                return
            bench = self._add(self._replace())
        self._keep(bench)

    def _keep(self, bench: AnyBench) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append((time.monotonic(), bench))

    def _add(self, bench: AnyBench) -> AnyBench:
        with self._lock:
            self._all.add(bench)
            is_closed = self._is_closed
        if is_closed:
            bench.close()
        return bench

    def _forget(self, bench: AnyBench) -> None:
        with self._lock:
            self._all.discard(bench)
        bench.close()
