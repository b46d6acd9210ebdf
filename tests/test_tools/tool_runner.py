"""Runs a tool as a user does: in a process of its own, without the package installed."""

from __future__ import annotations

import contextlib
import io
import os
import runpy
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from tests import fork_server
from tests.fork_server import REPOSITORY


def run_tool(
    tool: str, *arguments: object, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs ``tools/<tool>`` from the repository, or from elsewhere."""
    path = str(REPOSITORY / 'tools' / tool)
    done = fork_server.run(path, *arguments, cwd=cwd, **environment)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def error_of(tool: str, *arguments: object, cwd: Path | None = None) -> str:
    """The one sentence with which a tool refuses bad input; in this process, to be fast."""
    output, errors = io.StringIO(), io.StringIO()
    path, folder = list(sys.path), Path.cwd()
    argv = [tool, *map(str, arguments)]
    try:
        os.chdir(cwd or REPOSITORY)
        with (
            mock.patch('sys.argv', argv),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(errors),
            pytest.raises(SystemExit) as caught,
        ):
            runpy.run_path(str(REPOSITORY / 'tools' / tool), run_name='__main__')
    finally:
        sys.path[:] = path
        os.chdir(folder)
    return sentence(caught.value.code, errors.getvalue())


def sentence(status: object, errors: str) -> str:
    """Checks that a tool ended as it should for bad input."""
    assert status == 1, errors
    assert 'Traceback' not in errors
    lines = errors.strip().splitlines()
    assert lines[-1].startswith('error: '), errors
    return lines[-1]
