"""A progress bar on the error stream."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

WIDTH = 30
PAUSE = 0.1
"""Seconds between two drawings."""


class ProgressBar:
    """A progress bar with the time left, where a person looks on; else nothing is drawn.

    Args:
        total: Number of items.
        stream: Where it is drawn; by default the error stream.
    """

    def __init__(self, total: int, stream: TextIO | None = None) -> None:
        self.total = total
        self.stream = sys.stderr if stream is None else stream
        self.is_shown = self.stream.isatty()
        self.start = time.monotonic()
        self.skipped = 0
        self.drawn = 0.0

    def skip(self) -> None:
        """Tells that an item took no time, so that the time left is not guessed from it."""
        self.skipped += 1

    def update(self, done: float) -> None:
        """Draws how many items are done; a fraction is the share of the one in work."""
        now = time.monotonic()
        if not self.is_shown or now - self.drawn < PAUSE:
            return
        self.drawn = now
        full = round(WIDTH * min(done / max(self.total, 1), 1))
        line = f'[{"#" * full}{"." * (WIDTH - full)}] {int(done)}/{self.total} {self._left(done)}'
        columns = shutil.get_terminal_size().columns
        self._write('\r' + line[: columns - 1].ljust(min(columns - 1, len(line) + 8)))

    def print(self, text: str) -> None:
        """Prints a line above the bar."""
        self.clear()
        print(text, file=self.stream, flush=True)

    def clear(self) -> None:
        """Takes the bar away until it is drawn again."""
        if self.is_shown and self.drawn:
            self._write('\r' + ' ' * (shutil.get_terminal_size().columns - 1) + '\r')
            self.drawn = 0.0

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):  # the terminal has gone; the work goes on
            self.is_shown = False

    def _left(self, done: float) -> str:
        worked = done - self.skipped
        if worked <= 0:
            return 'time left unknown'
        return f'{span((time.monotonic() - self.start) / worked * (self.total - done))} left'


def span(seconds: float) -> str:
    """A span of time as a person says it: ``8 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f'{whole} s'
    if whole < 3600:
        return f'{whole // 60} min {whole % 60:02} s'
    return f'{whole // 3600} h {whole % 3600 // 60:02} min'
