"""What earlier versions wrote down of the results: one JSON file, written anew for each result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmenlighten.utils.json_file import read_json

from .known_results import KnownResults, is_entry

MOST_BYTES = 2**28
"""That of 50 000 results has 30 million."""


class Manifest:
    """The file of an earlier version, which is read and stays as it is.

    Args:
        path: The file, which need not exist.

    Attributes:
        names: The results that it describes.
        note: What is wrong with it, in a sentence; empty if nothing is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: set[str] = set()
        self.note = ''

    def read(self, results: KnownResults) -> None:
        """Adds what it says to what is known."""
        try:
            content = read_json(self.path, MOST_BYTES)
        except FileNotFoundError:
            return
        except OSError as error:
            self._tell(error.strerror or str(error))
            return
        described = content.get('results') if isinstance(content, dict) else None
        if not isinstance(described, dict):
            self._tell('it is no list of results')
            return
        for name, entry in described.items():
            if add_entry(results, name, entry):
                self.names.add(name)
        if len(self.names) < len(described):
            self._tell(f'{len(described) - len(self.names)} of its entries are not in order')

    def _tell(self, reason: str) -> None:
        self.note = unusable(self.path, reason)


def unusable(path: Path, reason: str) -> str:
    """What a user is told of a file whose descriptions cannot all be used."""
    return (
        f'{path} cannot be used as a whole ({reason}): results that only it describes count as '
        'made otherwise.'
    )


def add_entry(results: KnownResults, name: str, entry: Any) -> bool:
    """Adds a description if it is in order; tells whether it is."""
    try:
        if is_entry(entry):
            results[name] = entry
            return True
    except (ValueError, RecursionError):
        pass
    return False
