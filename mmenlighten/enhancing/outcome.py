"""What became of a photograph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .task import EnhanceTask

Status = Literal['enhanced', 'copied', 'up to date', 'conflict', 'failed']


@dataclass(frozen=True)
class EnhanceOutcome:
    """What became of a photograph.

    Args:
        task: The photograph.
        status: ``'enhanced'``; ``'copied'``, being well lit; ``'up to date'`` if an earlier run
            made the same result; ``'conflict'`` if another file is in its place and may not be
            replaced; ``'failed'``.
        sentence: Why it was not done, or what of the file could not be kept.
    """

    task: EnhanceTask
    status: Status
    sentence: str = ''

    @property
    def is_refused(self) -> bool:
        """Whether the user did not get what they asked for."""
        return self.status in ('conflict', 'failed')


def sentence_of_notes(source: object, notes: Iterable[str]) -> str:
    """Tells what of a file could not be kept, from notes without a full stop."""
    return ' '.join(f'{source}: {note}.' for note in notes)
