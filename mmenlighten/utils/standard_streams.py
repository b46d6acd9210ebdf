"""Standard streams that can always be used, closed or not, in any encoding."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sys
from typing import Any

_CONTROLS = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]')
"""What moves the cursor, colours the terminal or turns the order of letters."""


def prepare_streams(needs_output: bool = True) -> None:
    """Makes the standard streams usable; to be called before anything is opened.

    What opened a closed stream's number next would get what is written to that stream: a result
    would begin with messages. So a closed stream is opened on nothing. Reading and writing it are
    errors, except for messages, which may be lost. Characters that a stream cannot encode are
    written as escapes.

    Args:
        needs_output: Whether standard output is what a program is run for. Else what is written to
            a closed one may be lost too.
    """
    # As in gnulib's stdopen: the wrong direction, so that use is an error.
    for name, mode, flags in (
        ('stdin', 'r', os.O_WRONLY),
        ('stdout', 'w', os.O_RDONLY),
        ('stderr', 'w', os.O_WRONLY),
    ):
        if getattr(sys, name) is None:  # the lowest free number is taken: that of the closed one
            descriptor = os.open(os.devnull, flags)
            with contextlib.suppress(OSError):
                os.set_inheritable(descriptor, True)
            setattr(sys, name, open(descriptor, mode, encoding='utf-8'))  # noqa: SIM115
    if not needs_output and is_closed(sys.stdout):
        drop(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def say(text: str) -> None:
    """Prints one line on the error stream, whatever is in it; if that fails, it is lost."""
    with contextlib.suppress(OSError, ValueError):
        print(one_line(text), file=sys.stderr, flush=True)


def is_closed(stream: Any) -> bool:
    """Whether nothing can be written to a stream, which is best known before the work."""
    try:
        os.write(stream.fileno(), b'')
    except OSError as error:
        return error.errno == errno.EBADF
    except (ValueError, AttributeError):  # a stream in memory
        return False
    return False


def one_line(text: str) -> str:
    """The text with escapes for what names of files can have and would break a line."""
    return _CONTROLS.sub(lambda found: found[0].encode('unicode_escape').decode(), text)


def drop(stream: Any) -> None:
    """Lets what is still to be written to a stream vanish, so that ending says nothing of it."""
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    except (OSError, ValueError, AttributeError):  # a stream in memory
        return
