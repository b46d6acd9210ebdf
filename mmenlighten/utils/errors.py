"""Errors that a user can mend: one sentence that names the file or key and the remedy.

Tools print such an error and exit with status 1; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Sequence

_ADVICE = re.compile(
    r'Weights only load failed\.|In PyTorch 2\.6, we changed .*? trusted source\.|'
    r'Please use `torch\.serialization.*',
    re.DOTALL,
)
"""What torch says of files that its protection refuses, beside why."""


class UserError(Exception):
    """Base of all errors that end with a sentence, without a traceback."""


class ConfigError(UserError):
    """A config or a command line option that cannot work."""


class UnknownTypeError(ConfigError, KeyError):
    """A config names a type that does not exist; a KeyError, as of MMEngine's registries."""

    __str__ = Exception.__str__  # that of KeyError would quote the sentence


class DatasetError(UserError):
    """A data folder that is missing, empty, or not what its dataset needs."""


class ImageReadError(UserError):
    """An image file that cannot be decoded."""


class CheckpointError(UserError):
    """A checkpoint or weight file that is missing, damaged, or of another network."""


class NonFiniteLossError(UserError):
    """Training met a loss that is not a finite number."""


def error_reason(error: BaseException) -> str:
    """The part of another library's error that tells the cause, short enough for a sentence."""
    # torch puts the cause last, or between pieces of advice to load without its protection.
    text = _ADVICE.sub('', str(error).split('WeightsUnpickler error:')[-1])
    text = text.strip() or type(error).__name__
    return text.splitlines()[0][:200]


def system_reason(error: BaseException) -> str:
    """What the operating system says, without the path; of other errors their cause."""
    return getattr(error, 'strerror', None) or error_reason(error)


def some_of(names: Sequence[str], number: int = 5) -> str:
    """The first names, and how many more there are."""
    rest = f' and {len(names) - number} more' if len(names) > number else ''
    return ', '.join(names[:number]) + rest


def failure_reason(error: Exception) -> str:
    """Why one of many files failed, in a sentence, whatever it was.

    Of a bug it tells the place, as the traceback is not printed.
    """
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f'{system_reason(error)}.'
    if isinstance(error, MemoryError):
        return 'there is not enough memory for it. Close other programs.'
    frames = traceback.extract_tb(error.__traceback__)
    place = (
        f' in {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}' if frames else ''
    )
    reason = error_reason(error).rstrip('.')
    return f'the program failed ({type(error).__name__}{place}: {reason}). Please report it.'
