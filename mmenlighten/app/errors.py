"""Why a task or a request ends early; what a user can mend is a :class:`.UserError` instead."""

from __future__ import annotations


class LimitError(Exception):
    """A worker process took too much or has ended; the message says what."""


class RefusedError(Exception):
    """A request asks for something that the page never asks for."""


class StoppedError(Exception):
    """Nobody waits for the result any more."""
