"""A photograph to enhance, and where the result goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EnhanceTask:
    """A photograph to enhance, and where the result goes.

    Args:
        source: The file.
        name: Where the result goes, relative to the folder of all results.
    """

    source: Path
    name: Path
