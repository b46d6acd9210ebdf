"""A progress bar on the error stream."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

PAUSE = 0.1
"""Seconds between two drawings."""


class ProgressBar:
    """A progress bar with the time left, where a person looks on; else nothing is drawn.

    Args:
        total: Number of items.
        stream: Where it is drawn; by default the error stream.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        stream = sys.stderr if stream is None else stream
        self._bar: Progress | None = None
        if stream.isatty():  # else rich, which takes a tenth of a second, is not loaded
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            self._bar = Progress(
                *(BarColumn(), MofNCompleteColumn(), TextColumn('{task.description}')),
                console=Console(file=stream),
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,  # it may go elsewhere; the error stream is drawn above
            )
            self._task = self._bar.add_task('', total=total)
        self._total = total
        self._start = time.monotonic()
        self._skipped = 0
        self._drawn = 0.0

    def skip(self) -> None:
        """Notes that an item took no time, so that the time left is not guessed from it."""
        self._skipped += 1

    def update(self, done: float) -> None:
        """Draws how many items are done; a fraction is the share of the one in work."""
        now = time.monotonic()
        if self._bar is None or self._bar.disable or now - self._drawn < PAUSE:
            return
        self._drawn = now
        try:
            self._bar.start()
            # Not the estimate of rich, which items that took no time would mislead.
            self._bar.update(self._task, completed=done, description=self._left(done), refresh=True)
        except (OSError, ValueError):  # the terminal has gone; the work goes on
            self._bar.disable = True

    def clear(self) -> None:
        """Takes the bar away until it is drawn again."""
        with contextlib.suppress(OSError, ValueError):
            if self._bar is not None:
                self._bar.stop()
        self._drawn = 0.0

    def _left(self, done: float) -> str:
        worked = done - self._skipped
        if worked <= 0:
            return 'time left unknown'
        return f'{span((time.monotonic() - self._start) / worked * (self._total - done))} left'


def span(seconds: float) -> str:
    """A span of time as a person says it: ``8 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f'{whole} s'
    if whole < 3600:
        return f'{whole // 60} min {whole % 60:02} s'
    return f'{whole // 3600} h {whole % 3600 // 60:02} min'
