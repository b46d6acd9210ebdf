"""A few at a time, in the order of arrival."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

PAUSE = 0.5
"""Seconds between two looks at the own place."""


class Turns:
    """Lets threads work in the order of arrival, and tells their places.

    Args:
        places: How many work at the same time.
    """

    def __init__(self, places: int = 1) -> None:
        self._places = places
        self._arrived: list[object] = []
        self._changed = Condition()

    @contextmanager
    def turn(self, tell: Callable[[int], None] | None = None) -> Iterator[None]:
        """Waits until few enough of those who came before are left.

        Args:
            tell: Told again and again how many come before. What it raises ends the waiting.
        """
        ticket = object()
        with self._changed:
            self._arrived.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                if tell is not None:
                    tell(ahead)
                with self._changed:
                    if self._arrived.index(ticket) >= self._places:
                        self._changed.wait(PAUSE)
            yield
        finally:
            with self._changed:
                self._arrived.remove(ticket)
                self._changed.notify_all()

    def _ahead(self, ticket: object) -> int:
        with self._changed:
            place = self._arrived.index(ticket)
            return place if place >= self._places else 0
