"""The photographs that are wanted, and what is known of each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name('photographs.csv')
"""All of them. Drawings, screenshots and other graphics of the sources are not in it."""


@dataclass(frozen=True)
class FreePhotograph:
    """A photograph under a free licence."""

    file: str
    """Name of the reduced copy, which ends in ``.jpg``."""
    source: str
    """Key of :data:`~mmenlighten.datasets.free_photographs.sources.SOURCES`."""
    path: str
    """Path of the original inside the repository or package, with forward slashes."""
    author: str
    """As far as the source tells; else empty."""
    licence: str
    """As the source tells; of two statements that differ, both."""
    sha256: str
    """Hash of the original."""


def read_photographs() -> list[FreePhotograph]:
    """Reads the table that comes with the package."""
    with open(TABLE, encoding='utf-8', newline='') as file:
        return [FreePhotograph(**row) for row in csv.DictReader(file)]
