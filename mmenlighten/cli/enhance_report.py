"""Tells what ``mmenlighten enhance`` has done: to people at the end, to programs at once."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mmenlighten.utils.standard_streams import say

from .json_lines import JsonLines
from .progress_bar import span

if TYPE_CHECKING:
    from mmenlighten.enhancing.task import Outcome, Status, Task

WORDS: dict[Status, str] = {
    'enhanced': 'enhanced',
    'copied': 'copied, being well lit',
    'up to date': 'done before',
    'conflict': 'not replaced',
    'failed': 'failed',
}


class EnhanceReport:
    """Keeps what became of files, and tells it.

    Args:
        out: The folder of all results.
        as_json: Whether each outcome is also written to standard output, as soon as it is there.

    Raises:
        UserError: Standard output is wanted, and closed.
    """

    def __init__(self, out: Path, as_json: bool) -> None:
        self.outcomes: list[Outcome] = []
        self._out = out
        self._lines = JsonLines(as_json)

    def add(self, outcome: Outcome) -> None:
        """Keeps what became of a file."""
        self.outcomes.append(outcome)
        task = outcome.task
        self._lines.write(
            'file',
            source=str(task.source),
            result=None if outcome.is_refused else str(self._out / task.name),
            status=outcome.status,
            message=outcome.message,
            seconds=None if outcome.seconds is None else round(outcome.seconds, 3),
        )

    def finish(self, tasks: Sequence[Task], notes: Sequence[str], seconds: float) -> None:
        """Tells all, and exits with the status 1 if something was not done.

        Args:
            tasks: The order in which it is told; what could not be tried comes last.
            notes: What else is told.
            seconds: That it took.
        """
        # Several workers keep no order.
        order = {task: number for number, task in enumerate(tasks)}
        self.outcomes.sort(key=lambda outcome: order.get(outcome.task, len(order)))
        for outcome in self.outcomes:
            if outcome.is_refused:
                say(f'error: {outcome.message}')
            elif outcome.message:
                say(f'note: {outcome.message}')
        for note in notes:
            say(f'note: {note}')
        counts = Counter(outcome.status for outcome in self.outcomes)
        parts = [f'{counts[status]} {words}' for status, words in WORDS.items() if counts[status]]
        say(f'{"; ".join(parts)}; {span(seconds)}.')
        self._lines.write(
            'summary',
            counts={status: counts[status] for status in WORDS},
            notes=list(notes),
            seconds=round(seconds, 3),
        )
        if any(outcome.is_refused for outcome in self.outcomes):
            sys.exit(1)
