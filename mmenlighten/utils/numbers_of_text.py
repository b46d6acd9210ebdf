"""Numbers that users write, however absurd: each is read, or refused in a sentence."""

from __future__ import annotations

import argparse
import re

from .errors import ConfigError
from .option_names import option

MOST_DIGITS = 18
"""A number with more is an error of typing, and some are too long for Python to read."""


def read_count(text: str) -> int | None:
    """A whole number of digits alone, from 0 on; None for any other text."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def integer(text: str) -> int:
    """The type of options of :mod:`argparse` that are whole numbers.

    Raises:
        ArgumentTypeError: It is another text, or a number that nothing can have.
    """
    plain = text.strip()
    number = read_count(plain.removeprefix('-'))
    if number is None:
        raise argparse.ArgumentTypeError(f'{shortened(text)} is no whole number that can be used')
    return -number if plain.startswith('-') else number


def shortened(text: str) -> str:
    """The text in quotes, with an end that sentences have room for."""
    return repr(text if len(text) <= 40 else f'{text[:30]}...')


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
            f'{option("memory", shortened(text))} is not an amount of memory: write for '
            'example 2GiB.'
        )
    return int(amount)


def parse_tile(text: str) -> int | str | None:
    """Turns ``'auto'``, ``'none'`` or a number of pixels into what ``choose_tile`` takes.

    Raises:
        ConfigError: It is none of these.
    """
    if text in ('auto', 'none'):
        return None if text == 'none' else text
    side = read_count(text)
    if not side:
        raise ConfigError(
            f'{option("tile", shortened(text))} is unknown: use auto, none, or a number of pixels.'
        )
    return side
