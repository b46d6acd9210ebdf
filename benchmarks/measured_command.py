"""A benchmark run as a process of its own, with the load of the machine around it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.machine import cpu_seconds_of_others, load_average, versions
from benchmarks.results_file import fenced
from mmenlighten.utils.host_memory import VARIABLE

REPOSITORY = Path(__file__).resolve().parents[1]

LAST_LINES = 15
"""Of a benchmark that failed."""

DISTURBING = 0.1
"""Share of all cores: results suffer when others take more."""


@dataclass
class MeasuredCommand:
    """What came of a command.

    Args:
        typed: The command as a person would type it.
        output: Its standard output.
        errors: Its standard error.
        status: Its exit status; None if it ran out of time.
        begin: When it began.
        seconds: How long it ran.
        load_before: Load average of the machine before; None if unknown.
        load_after: The same afterwards.
        others: Cores that other processes took meanwhile; None if unknown.
    """

    typed: str
    output: str
    errors: str
    status: int | None
    begin: datetime
    seconds: float
    load_before: float | None
    load_after: float | None
    others: float | None

    @classmethod
    def run(
        cls,
        script: str,
        arguments: Sequence[str],
        timeout: float | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> MeasuredCommand:
        """Runs a Python script, and ends it with all that it started when time is up.

        Args:
            script: Its path within the repository, or ``-m`` for a module.
            arguments: Of the script.
            timeout: Seconds.
            environment: Variables that differ from those here.
        """
        path = script if script == '-m' else str(REPOSITORY / script)
        typed = [f'{name}={shlex.quote(value)}' for name, value in (environment or {}).items()]
        typed += ['python', script, *(shlex.quote(argument) for argument in arguments)]
        load, others = load_average(), cpu_seconds_of_others()
        begin, start = datetime.now(), time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, path, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors='replace',
            env={**_environment(), **(environment or {})},
            start_new_session=True,  # so that its children can be ended with it
        )
        status: int | None
        try:
            output, errors = process.communicate(timeout=timeout)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            status = None
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        seconds = time.perf_counter() - start
        after = cpu_seconds_of_others()
        cores = None if None in (others, after) else max(0.0, (after - others) / seconds)
        return cls(
            *(' '.join(typed), output.strip('\n'), errors, status, begin, seconds),
            *(load, load_average(), cores),
        )

    @property
    def failed(self) -> bool:
        """Whether it ended badly, or not in time."""
        return self.status != 0

    @property
    def disturbed(self) -> bool:
        """Whether others took so much that times are too long."""
        cores = os.cpu_count() or 1
        if self.others is not None:
            return self.others > DISTURBING * cores
        return self.load_before is not None and self.load_before > cores

    def last_lines(self) -> str:
        """Its last errors, or what it printed last."""
        lines = (self.errors.strip() or self.output).splitlines()
        return '\n'.join([line for line in lines if line.strip()][-LAST_LINES:])

    def section(self) -> str:
        """Date, versions and load, the command and its output, as Markdown."""
        parts = [self.circumstances(), fenced(self.typed, 'bash')]
        if self.output:
            parts.append(fenced(self.output))
        if self.failed:
            parts.append(f'**{self.failure()} Its last lines:**')
            parts.append(fenced(self.last_lines()))
        return '\n\n'.join(parts)

    def circumstances(self) -> str:
        """Date, versions, duration and load, with a warning where others disturbed."""
        loads = [
            'unknown' if load is None else f'{load:.1f}'
            for load in (self.load_before, self.load_after)
        ]
        text = f'{self.begin:%Y-%m-%d %H:%M}, {versions()}; {self.seconds:.0f} s, load {loads[0]} '
        text += f'before and {loads[1]} after.'
        if self.disturbed:
            text += f'\n\n**Warning: {self.disturbance()}, so times are too long.**'
        return text

    def disturbance(self) -> str:
        """What others did meanwhile."""
        if self.others is None:
            return f'the load was {self.load_before:.1f} before it began'
        return f'other processes took {self.others:.1f} of {os.cpu_count()} cores'

    def failure(self) -> str:
        """How it failed, in a sentence."""
        if self.status is None:
            return f'Out of time after {self.seconds:.0f} s.'
        return f'Failed with exit status {self.status}.'


def _environment() -> dict[str, str]:
    """The environment without what importing this package has set, as a person's shell has it."""
    environment = dict(os.environ)
    if environment.get(VARIABLE) == '1':
        del environment[VARIABLE]
    return environment
