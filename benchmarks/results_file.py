"""Results of benchmarks on one machine, as Markdown with a section for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mmenlighten.utils.atomic import write_text

RESULTS = Path(__file__).resolve().parent / 'results'


class ResultsFile:
    """A file whose sections are replaced one by one; the others stay.

    Args:
        folder: Where it lies or will lie.
        machine: Its name without the ending.
        facts: On the machine, for its head.
    """

    def __init__(self, folder: Path, machine: str, facts: Sequence[str]) -> None:
        self.path = folder / f'{machine}.md'
        self.head = '\n'.join([f'# {machine}', '', *(f'- {fact}' for fact in facts)])
        text = self.path.read_text(encoding='utf-8') if self.path.is_file() else ''
        self.sections = split_sections(text)

    def put(self, title: str, text: str) -> None:
        """Replaces or adds a section, and writes the file whole."""
        self.sections[title] = text.strip('\n')
        parts = [self.head, *(f'## {title}\n\n{text}' for title, text in self.sections.items())]
        write_text(self.path, '\n\n'.join(parts) + '\n')


def split_sections(text: str) -> dict[str, str]:
    """Texts of the sections by title; what a fenced block holds is no title."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    fence = ''
    for line in text.splitlines():
        if fence:
            fence = '' if line == fence else fence
        elif found := re.match('```+', line):
            fence = found.group()
        elif line.startswith('## '):
            lines = sections.setdefault(line.removeprefix('## '), [])
            continue
        lines.append(line)
    return {title: '\n'.join(lines).strip('\n') for title, lines in sections.items()}


def fenced(text: str, language: str = '') -> str:
    """A block of text as it is."""
    longest = max((len(ticks) for ticks in re.findall('`+', text)), default=0)
    fence = '`' * max(3, longest + 1)
    return f'{fence}{language}\n{text}\n{fence}'
