"""Waiting for what other processes and threads do, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 15 * 60
"""Seconds after which a wait is given up, only so that a fault does not hold up a whole run."""

PAUSE = 0.02
"""Seconds between two looks."""


def wait_until(
    has_happened: Callable[[], object], has_ended: Callable[[], object] = lambda: None
) -> None:
    """Waits until something happens, or until nothing can happen any more.

    Args:
        has_happened: What is waited for.
        has_ended: Whether who should do it has ended; asked first, so that what was done at the
            very end counts. What this means is for the test to say.
    """
    end = time.monotonic() + PATIENCE
    while True:
        is_over = has_ended() is not None
        if has_happened() or is_over:
            return
        assert time.monotonic() < end, f'nothing happened in {PATIENCE} s'
        time.sleep(PAUSE)
