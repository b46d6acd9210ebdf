"""Ends that come from outside."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def ending_by(handler: Handler) -> Iterator[None]:
    """Calls a handler when this process is to end, or its terminal is closed.

    With ``nohup`` a closed terminal is no reason to end, and stays none.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ('SIGTERM', 'SIGHUP'):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Ends this process as Ctrl-C does: what is to be removed is removed."""
    raise KeyboardInterrupt
