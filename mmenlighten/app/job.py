"""A photograph that waits to be enhanced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """A photograph that waits to be enhanced.

    Args:
        folder: A folder of its own, which holds the photograph as `original`.
        name: What the visitor calls it.
        place: The place of the result that it replaces; None adds one.
    """

    folder: Path
    name: str
    place: int | None = None
