"""What became of a photograph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .task import EnhanceTask

Status = Literal['enhanced', 'bright', 'done', 'otherwise', 'failed']


@dataclass(frozen=True)
class EnhanceOutcome:
    """What became of a photograph.

    Args:
        task: The photograph.
        status: ``'enhanced'``; ``'bright'`` if it was copied, being well lit; ``'done'`` if an
            earlier run did it; ``'otherwise'`` if there is a result that was made otherwise and
            may not be replaced; ``'failed'``.
        sentence: Why it was not done, or what of the file could not be kept.
    """

    task: EnhanceTask
    status: Status
    sentence: str = ''

    @property
    def is_refused(self) -> bool:
        """Whether the user did not get what they asked for."""
        return self.status in ('otherwise', 'failed')


def sentence_of_notes(source: object, notes: Iterable[str]) -> str:
    """Tells what of a file could not be kept, from notes without a full stop."""
    return ' '.join(f'{source}: {note}.' for note in notes)
