"""Requests of the page with faults in them, the same in each run."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from tests.mutants import mutants

from .page_server import file_data

DEEP = 3000
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 2, 10**30, 1.5, float('nan'), float('inf'), '', 'a\0b', '\ud800',
    "x" * 10**5,
    [], {}, [[]], {'path': '/etc/passwd'}, file_data('/etc/passwd'), [file_data('/etc/passwd')],
    file_data('http://files.example.org/a', url='http://files.example.org/a'),
    ['/etc/passwd'] * 500,
)  # fmt: skip


def request_mutants(bodies: list[dict[str, Any]], count: int, seed: int = 0) -> Iterator[bytes]:
    """Variants of what the page sends.

    Two of three have values of another type, names that are missing or new, arguments too many or
    too few; the rest have faults that know nothing of JSON.
    """
    for number in range(count):
        chance = random.Random(f'{seed}.{number}')
        body = copy.deepcopy(chance.choice(bodies))
        if number % 3 == 2:
            yield from mutants(json.dumps(body).encode(), 1, number)
            continue
        for _ in range(chance.choice((1, 1, 2, 4))):
            _spoil(body, chance)
        text = json.dumps(body)
        if chance.random() < 0.1:
            text = text.replace('null', '[' * DEEP + ']' * DEEP, 1)
        yield text.encode()


def _spoil(body: dict[str, Any], chance: random.Random) -> None:
    """Changes one place of a body, at any depth."""
    place: Any = body
    while place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = chance.choice(keys)
        below = place[key]
        if isinstance(below, (dict, list)) and below and chance.random() < 0.7:
            place = below
            continue
        what = chance.random()
        if what < 0.15:
            del place[key]
        elif what < 0.3 and isinstance(place, dict):
            place[str(chance.choice(ODD))[:20]] = chance.choice(ODD)
        elif what < 0.3:
            place.append(copy.deepcopy(chance.choice(ODD)))
        else:
            place[key] = copy.deepcopy(chance.choice(ODD))
        return
