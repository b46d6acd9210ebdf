"""Keeps the loop in which Ray Data hands out work from taking a core to itself."""

from __future__ import annotations

import time

SECONDS = 0.01
"""Between two steps at least; a group of photographs takes far longer."""


class PacedSteps:
    """A callback of Ray Data's executor that gives each step of its loop the same pause.

    Where tasks run, the loop waits for them. Where none does, as while a worker that died is
    started again, it turns without a rest, and takes the core that the worker needs: workers have
    a lower priority (a niceness of 15). On one core a start took two minutes so, and takes four
    seconds with the pause.
    """

    def __init__(self) -> None:
        self._last = 0.0

    def before_execution_starts(self, executor: object) -> None:
        """Does nothing."""

    def on_execution_step(self, executor: object) -> None:
        """Waits until the pause since the last step is over."""
        time.sleep(max(0.0, self._last + SECONDS - time.monotonic()))
        self._last = time.monotonic()

    def after_execution_succeeds(self, executor: object) -> None:
        """Does nothing."""

    def after_execution_fails(self, executor: object, error: Exception) -> None:
        """Does nothing."""
