"""One piece of work on a photograph."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal['prepare', 'read', 'enhance', 'show', 'preview', 'write']


@dataclass(frozen=True)
class Task:
    """One piece of work on a photograph.

    Args:
        kind: What is done.
        folder: The folder of the photograph; see :class:`Result`.
        name: What the visitor calls the photograph.
        model: With what it is enhanced.
        only_dark: Whether a well-lit photograph is not wanted.
        strength: At which it is shown or written.
        pixels: Its number of pixels, once that is known.
        denoise: See :class:`.Controls`.
        brightness: The same.
        colour: The same.
    """

    kind: Kind
    folder: Path = Path()
    name: str = ''
    model: str = ''
    only_dark: bool = False
    strength: float = 1.0
    pixels: int = 0
    denoise: float | None = None
    brightness: float | None = None
    colour: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` understands."""
        return dataclasses.asdict(self) | {'folder': str(self.folder)}

    @staticmethod
    def from_json(values: dict[str, Any]) -> Task:
        """The task that was told as JSON."""
        return Task(**values | {'folder': Path(values['folder'])})
