"""The sign that a process has done too much, or has ended."""

from __future__ import annotations


class LimitError(Exception):
    """A process has done too much, or has ended; the message tells what and the remedy."""
