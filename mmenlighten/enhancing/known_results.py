"""What is known of many results, in little memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

Entry = Mapping[str, Any]
"""Hashes of ``photo`` and ``result``, and as ``recipe`` the fingerprint of what made it."""

KEPT = 2
"""Descriptions of each result: while one is replaced, both of its contents are known."""

_HASH = 32
_NUMBER = 4
_SIZE = 2 * _HASH + _NUMBER


class KnownResults(Mapping[str, Entry]):
    """The last descriptions of each result by its name, in about 230 bytes for each result."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._numbers: dict[str, int] = {}
        self.fingerprints: list[dict[str, Any]] = []

    def number_of(self, fingerprint: dict[str, Any]) -> int:
        """The number that :meth:`add` takes for a fingerprint."""
        key = json.dumps(fingerprint, sort_keys=True)
        number = self._numbers.setdefault(key, len(self.fingerprints))
        if number == len(self.fingerprints):
            self.fingerprints.append(fingerprint)
        return number

    def add(self, name: str, photo: str, result: str, number: int) -> None:
        """Adds a description; of those before it, the last one stays.

        Args:
            name: Of the result.
            photo: Hash of the photograph.
            result: Hash of the result.
            number: Of the fingerprint.

        Raises:
            ValueError: The hashes are none of SHA-256.
        """
        hashes = bytes.fromhex(photo) + bytes.fromhex(result)
        if len(hashes) != 2 * _HASH:
            raise ValueError('SHA-256 has 64 digits.')
        packed = hashes + number.to_bytes(_NUMBER, 'little')
        before = self._packed.get(name, b'')
        if before[-_SIZE:] != packed:
            self._packed[name] = (before + packed)[-KEPT * _SIZE :]

    def __setitem__(self, name: str, entry: Entry) -> None:
        """Adds a description, as :meth:`add` does."""
        self.add(name, entry['photo'], entry['result'], self.number_of(entry['recipe']))

    def __getitem__(self, name: str) -> Entry:
        """The last description."""
        return self._unpack(self._packed[name][-_SIZE:])

    def __iter__(self) -> Iterator[str]:
        """The names of results."""
        return iter(self._packed)

    def __len__(self) -> int:
        """The number of results."""
        return len(self._packed)

    def all_of(self, name: str) -> Iterator[Entry]:
        """All that is known of a result, the oldest first."""
        packed = self._packed.get(name, b'')
        for begin in range(0, len(packed), _SIZE):
            yield self._unpack(packed[begin : begin + _SIZE])

    def _unpack(self, packed: bytes) -> Entry:
        return dict(
            photo=packed[:_HASH].hex(),
            result=packed[_HASH : 2 * _HASH].hex(),
            recipe=self.fingerprints[int.from_bytes(packed[2 * _HASH :], 'little')],
        )


def is_entry(entry: Any) -> TypeGuard[Entry]:
    """Whether something that was read has the form of a description."""
    kinds = dict(photo=str, result=str, recipe=dict)
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), kind) for key, kind in kinds.items()
    )


def add_from_json(results: KnownResults, name: str, entry: Any) -> bool:
    """Adds a description if it is in order; returns whether it is."""
    try:
        if is_entry(entry):
            results[name] = entry
            return True
    except (ValueError, RecursionError):
        pass
    return False
