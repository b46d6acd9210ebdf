"""Names of files that belong to another file and carry its name."""

from __future__ import annotations

import hashlib
import os

from .atomic import LONGEST_NAME

DIGITS = 16
"""Of the hash that tells shortened names apart."""


def derived_name(name: str, ending: str, start: str = '') -> str:
    """The name between a start and an ending, shortened if file systems have no room for it all.

    Args:
        name: A name that is not too long itself.
        ending: What comes after it.
        start: What comes before it.
    """
    whole = f'{start}{name}{ending}'
    if len(os.fsencode(whole)) <= LONGEST_NAME:
        return whole
    data = os.fsencode(name)
    ending = f'~{hashlib.sha256(data).hexdigest()[:DIGITS]}{ending}'
    room = LONGEST_NAME - len(os.fsencode(f'{start}{ending}'))
    return f'{start}{data[:room].decode("utf-8", "ignore")}{ending}'  # no half of a letter
