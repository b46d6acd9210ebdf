"""The log of a run."""

from __future__ import annotations

import logging

from .mmengine_parts import print_log


def warn_in_log(message: str) -> None:
    """Writes a warning into the log of the present run, or to the error stream without one."""
    print_log(message, logger='current', level=logging.WARNING)
