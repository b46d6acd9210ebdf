"""The photographs and videos that a user names, and what of it cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mmenlighten.utils.errors import system_reason

from .outcome import EnhanceOutcome
from .task import EnhanceTask

MOST_NAMES = 5
"""Files that a note names; the others it counts."""


@dataclass
class FoundInputs:
    """What a user names: what can be tried, what cannot, and what is passed over.

    Args:
        tasks: Photographs and videos, and where their results go.
        refused: What was asked for and cannot be done, such as a folder that may not be read.
        passed: What folders hold besides and is passed over, by the reason.
    """

    tasks: list[EnhanceTask] = field(default_factory=list)
    refused: list[EnhanceOutcome] = field(default_factory=list)
    passed: dict[str, list[Path]] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """A sentence for each reason, with the number of files and the names of some."""
        return [
            f'{len(paths)} passed over ({reason}): {_some(paths)}.'
            for reason, paths in self.passed.items()
        ]

    def refuse(self, path: Path, sentence: str) -> None:
        """Keeps why something that was asked for is not done, once."""
        if all(outcome.sentence != sentence for outcome in self.refused[-MOST_NAMES:]):
            self.refused.append(
                EnhanceOutcome(EnhanceTask(path, Path(path.name)), 'failed', sentence)
            )

    def refuse_unreadable(self, path: Path, error: OSError) -> None:
        """Keeps that the system does not let us read a file or folder."""
        self.refuse(path, f'{path} cannot be read: {system_reason(error)}.')

    def pass_over(self, path: Path, reason: str) -> None:
        """Keeps that a folder holds something that is not taken."""
        self.passed.setdefault(reason, []).append(path)


def _some(paths: list[Path]) -> str:
    rest = len(paths) - MOST_NAMES
    names = ', '.join(str(path) for path in paths[:MOST_NAMES])
    return names + (f' and {rest} more' if rest > 0 else '')
