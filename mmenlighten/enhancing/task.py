"""A photograph or video from file to file: what is asked, what is in memory, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from mmenlighten.photos import Photo

Status = Literal['enhanced', 'copied', 'up to date', 'conflict', 'failed']


@dataclass(frozen=True)
class Task:
    """A photograph or video to enhance, and where the result goes.

    Args:
        source: The file.
        name: Where the result goes, relative to the folder of all results.
    """

    source: Path
    name: Path


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Args:
        task: The task.
        status: ``'enhanced'``; ``'copied'``, being well lit; ``'up to date'`` if an earlier run
            made the same result; ``'conflict'`` if another file is in its place and may not be
            replaced; ``'failed'``.
        message: Why it was not done, or what of the file could not be kept.
        seconds: That reading, computing and writing took, without waiting; None if unknown.
    """

    task: Task
    status: Status
    message: str = ''
    seconds: float | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the user did not get what they asked for."""
        return self.status in ('conflict', 'failed')


@dataclass
class Work:
    """A task of which the result is still to be made.

    Args:
        task: The task.
        data: The content of a photograph's file.
        video_hash: Of a video, of which nothing is in memory: the hash of its content.
        photo: The photograph that was read.
        enhanced: Its enhanced pixels; None if it stays as it is.
        seconds: That it took so far, without waiting.
    """

    task: Task
    data: bytes = b''
    video_hash: str = ''
    photo: Photo | None = None
    enhanced: np.ndarray | None = None
    seconds: float = 0.0


def notes_message(source: object, notes: Iterable[str]) -> str:
    """Tells what of a file could not be kept, from notes without a full stop."""
    return ' '.join(f'{source}: {note}.' for note in notes)
