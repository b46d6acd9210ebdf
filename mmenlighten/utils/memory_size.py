"""Amounts of memory as people write them."""

from __future__ import annotations

import re

from .errors import ConfigError
from .numbers_of_text import shortened

MOST_MEMORY = 2**60
UNITS = {'': 1, 'K': 2**10, 'M': 2**20, 'G': 2**30, 'T': 2**40}


def parse_memory(text: str) -> int:
    """Turns ``'1500M'``, ``'2GiB'``, ``'1.5 GB'`` or a number of bytes into bytes, K being 1024.

    Raises:
        ConfigError: It is none of these.
    """
    match = re.fullmatch(r'\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?\s*', text.upper())
    amount = float(match[1]) * UNITS[match[2]] if match else 0
    if not 1 <= amount < MOST_MEMORY:
        raise ConfigError(
            f'memory={shortened(text)} is not an amount of memory: write for example 2GiB.'
        )
    return int(amount)
