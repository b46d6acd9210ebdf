"""The sign that nobody waits for a result any more."""

from __future__ import annotations


class StoppedError(Exception):
    """Nobody waits for the result any more."""
