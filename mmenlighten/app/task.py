"""One piece of work on a photograph, as it is sent to a worker."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal['prepare', 'read', 'enhance', 'show', 'preview', 'write']


@dataclass(frozen=True)
class Controls:
    """What a visitor chooses about models that have such controls.

    Args:
        denoise: How much noise is removed, in [0, 1]; None leaves it to the model.
        brightness: The wanted mean of luma, in [0, 1]; None leaves it to the model.
        colour: How much of a colour cast is removed, in [0, 1].
    """

    denoise: float | None = None
    brightness: float | None = None
    colour: float = 1.0


@dataclass(frozen=True)
class Task:
    """One piece of work on a photograph, as it is sent to a worker.

    Args:
        kind: What is done.
        folder: The folder of the photograph; see :class:`.StoredPhoto`.
        name: What the visitor calls the photograph.
        model: With which it is enhanced.
        only_dark: Whether a well-lit photograph is left out.
        controls: Of the model.
        strength: At which the result is shown or written.
        pixels: Number of pixels of the photograph, once it is known.
    """

    kind: Kind
    folder: Path = Path()
    name: str = ''
    model: str = ''
    only_dark: bool = False
    controls: Controls = Controls()
    strength: float = 1.0
    pixels: int = 0

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` understands."""
        return dataclasses.asdict(self) | {'folder': str(self.folder)}

    @staticmethod
    def from_json(values: dict[str, Any]) -> Task:
        """The task of :meth:`to_json`."""
        parts = {'folder': Path(values['folder']), 'controls': Controls(**values['controls'])}
        return Task(**values | parts)
