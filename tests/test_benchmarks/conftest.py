"""Benchmarks start a process for each row; here it is forked from one that has imported it all."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import harness, results_file
from tests.fork_server import REPOSITORY, ForkedProcess

start_anew = harness.start


class Forked(ForkedProcess):
    """What benchmarks need of ``subprocess.Popen``."""

    returncode = 0

    def __init__(self, program: str, *arguments: object, **environment: str) -> None:
        prepared = dict(PREPARED_BY=f'{__name__}:prepare')
        super().__init__(program, [*map(str, arguments)], **(prepared | environment))

    def communicate(self, timeout: float = 600) -> tuple[str, str]:
        self.returncode = self.wait(timeout)
        return self.output().decode(), self.errors().decode()


def start(script: str, *arguments: object, **more: Any) -> Any:
    """Takes the place of :func:`benchmarks.harness.start`."""
    environment = more.pop('environment', None) or {}
    if more:  # a worker, which is written to
        return start_anew(script, *arguments, environment=environment, **more)
    return Forked(str(REPOSITORY / 'benchmarks' / script), *arguments, **environment)


def prepare() -> None:
    """Within a fork: its rows are forked by the same server."""
    harness.start = start


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, 'start', start)
    monkeypatch.setattr(results_file, 'start', start_command)


def start_command(script: str, arguments: list[str]) -> Forked:
    """Takes the place of :func:`benchmarks.results_file.start`."""
    if script == '-m':
        return Forked(*arguments)
    return Forked(str(REPOSITORY / script), *arguments)
