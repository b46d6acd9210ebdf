"""Runs commands and tools in this process, as they refuse what a user writes."""

from __future__ import annotations

import contextlib
import io
import runpy
import sys
from collections.abc import Callable
from unittest import mock

import pytest

from mmenlighten.cli.main import main
from tests.golden import REPOSITORY


def refused(call: Callable[[], object]) -> tuple[int, list[str]]:
    """The exit status and the lines of the message."""
    errors = io.StringIO()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as end,
    ):
        call()
    lines = errors.getvalue().strip().splitlines()
    assert not any('Traceback' in line for line in lines), lines
    return int(end.value.code or 0), lines


def refused_by_command(*words: str) -> tuple[int, list[str]]:
    """The same of the console command."""
    return refused(lambda: main(list(words)))


def refused_by_tool(tool: str, *words: str) -> tuple[int, list[str]]:
    """The same of a file below ``tools``."""
    path = str(REPOSITORY / 'tools' / tool)
    with mock.patch('sys.argv', [tool, *words]), mock.patch('sys.path', list(sys.path)):
        return refused(lambda: runpy.run_path(path, run_name='__main__'))
