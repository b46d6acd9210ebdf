"""A model as a metafile describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelEntry:
    """A model as a metafile describes it.

    Args:
        name: Its name.
        config: Its config.
        training_data: What it learns from.
        parameters: Number of parameters of what enhances; None if not told.
        weights: Address or file of published weights; None if there are none.
        note: What a user should know of it.
        has_controls: Whether ``denoise``, ``brightness`` and ``colour`` can be chosen.
    """

    name: str
    config: Path
    training_data: str = ''
    parameters: int | None = None
    weights: str | None = None
    note: str = ''
    has_controls: bool = False
