"""Benchmarks run as commands, and their results on one machine as Markdown; on Linux only."""

from __future__ import annotations

import os
import platform
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.harness import GIB, REPOSITORY, load_average
from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.device_name import device_name
from mmenlighten.utils.host_memory import VARIABLE

RESULTS = REPOSITORY / 'benchmarks' / 'results'
LAST_LINES = 15
"""Of a benchmark that failed."""

DISTURBING = 0.1
"""Share of all cores: results suffer when others take more."""


def write_results(name: str, title: str, text: str, command: str) -> None:
    """Writes what one benchmark found, from where `fill_model_cards.py` takes it into pages."""
    page = f'# {title}\n\n{text.strip()}\n\n```bash\n{command}\n```\n'
    write_text(RESULTS / f'{name}.md', page)


class ResultsFile:
    """A file, named after the machine, whose sections are replaced one by one."""

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


def start(script: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    """Starts a script of the repository, or ``-m``."""
    return subprocess.Popen(
        [sys.executable, script if script == '-m' else str(REPOSITORY / script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors='replace',
        # Without the huge pages that importing this package asks for, as in a person's shell.
        env={k: v for k, v in os.environ.items() if (k, v) != (VARIABLE, '1')},
        start_new_session=True,  # so that its children can be ended with it
    )


@dataclass
class MeasuredCommand:
    """What came of a command, with the load of the machine around it."""

    typed: str  # as a person would type it
    output: str
    errors: str
    status: int | None  # None if it ran out of time
    begin: datetime
    seconds: float
    loads: str  # before and afterwards
    others: float  # cores that other processes took meanwhile

    @classmethod
    def run(
        cls, script: str, arguments: Sequence[str], timeout: float | None = None
    ) -> MeasuredCommand:
        """Runs a script of the repository, or ``-m``; ends all that it started when time is up."""
        typed = shlex.join(['python', script, *arguments])
        loads, others = f'load {load_average():.1f} before', _cpu_seconds_of_others()
        begin, since = datetime.now(), time.perf_counter()
        process = start(script, arguments)
        status = None
        try:
            output, errors = process.communicate(timeout=timeout)
            status = process.returncode
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
        seconds = time.perf_counter() - since
        cores = max(0.0, (_cpu_seconds_of_others() - others) / seconds)
        loads = f'{loads} and {load_average():.1f} after'
        return cls(typed, output.strip('\n'), errors, status, begin, seconds, loads, cores)

    @property
    def failed(self) -> bool:
        """Whether it ended badly, or not in time."""
        return self.status != 0

    def last_lines(self) -> str:
        """Its last errors, or what it printed last."""
        lines = (self.errors.strip() or self.output).splitlines()
        return '\n'.join([line for line in lines if line.strip()][-LAST_LINES:])

    def section(self) -> str:
        """Date, versions and load, the command and its output, as Markdown."""
        parts = [f'{self.begin:%Y-%m-%d %H:%M}, {versions()}; {self.seconds:.0f} s, {self.loads}.']
        if sentence := self.disturbance():
            parts.append(f'**Warning: {sentence}, so times are too long.**')
        parts += [fenced(self.typed, 'bash'), *[fenced(self.output)] * bool(self.output)]
        if self.failed:
            parts += [f'**{self.failure()} Its last lines:**', fenced(self.last_lines())]
        return '\n\n'.join(parts)

    def disturbance(self) -> str:
        """What others did meanwhile if it was too much, and otherwise nothing."""
        cores = os.cpu_count() or 1
        is_too_much = self.others > DISTURBING * cores
        return f'other processes took {self.others:.1f} of {cores} cores' * is_too_much

    def failure(self) -> str:
        """How it failed, in a sentence."""
        if self.status is None:
            return f'Out of time after {self.seconds:.0f} s.'
        return f'Failed with exit status {self.status}.'


def machine_name(device: str) -> str:
    """Name for a file: the GPU or CPU, and the number of cores."""
    name = re.sub(r'\((?:r|tm|c)\)|@.*', ' ', device_name(device), flags=re.IGNORECASE)
    return re.sub(r'[^a-z0-9]+', '-', f'{name} {os.cpu_count()} cores'.lower()).strip('-')


def machine_facts(device: str) -> list[str]:
    """Sentences on the hardware."""
    import torch

    memory = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / GIB
    facts = [f'CPU: {device_name("cpu")}, {os.cpu_count()} cores', f'memory: {memory:.1f} GiB']
    if not device.startswith('cuda'):
        return [*facts, 'GPU: none used']
    gpu, cudnn = torch.cuda.get_device_properties(device), torch.backends.cudnn.version()
    name = f'{gpu.name}, {gpu.total_memory / GIB:.1f} GiB'
    return [*facts, f'GPU: {name}, CUDA {torch.version.cuda}, cuDNN {cudnn}']


def versions() -> str:
    """Versions of what does the work."""
    names = dict(torch='torch', numpy='NumPy', mmenlighten='mmenlighten')
    found = [f'{name} {version(package)}' for package, name in names.items()]
    return ', '.join([f'Python {platform.python_version()}', *found])


def _cpu_seconds_of_others() -> float:
    """CPU seconds since the start that were not those of ended children; only differences count."""
    fields = [int(field) for field in Path('/proc/stat').read_text().split('\n', 1)[0].split()[1:8]]
    busy = sum(fields) - fields[3] - fields[4]  # idle, and waiting for disks
    times = os.times()
    return busy / os.sysconf('SC_CLK_TCK') - times.children_user - times.children_system
