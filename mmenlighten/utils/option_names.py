"""How messages name an option: as an argument in Python, as a flag at a command line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

_are_flags = False


def option(name: str, value: object = None, flag: str | None = None) -> str:
    """An option as the user writes it: ``strength=2`` in Python, ``--strength 2`` as a flag.

    Args:
        name: Of the argument.
        value: That is written with it; None for the name alone, True for one that is switched on.
        flag: Name of the flag, without dashes, if it is another one.
    """
    if not _are_flags:
        return name if value is None else f'{name}={value}'
    words = [f'--{(flag or name).replace("_", "-")}']
    if isinstance(value, list | tuple):
        words += map(str, value)
    elif value is not None and value is not True:
        words.append(str(value))
    return ' '.join(words)


def config_option(text: str) -> str:
    """A setting of a config, ``KEY=VALUE``, which a command line has behind ``--cfg-options``."""
    return f'--cfg-options {text}' if _are_flags else text


@contextlib.contextmanager
def named_as_flags() -> Iterator[None]:
    """Lets messages of all threads name flags, while a command line is what the user wrote."""
    global _are_flags
    before, _are_flags = _are_flags, True
    try:
        yield
    finally:
        _are_flags = before
