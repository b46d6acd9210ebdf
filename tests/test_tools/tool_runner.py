"""Runs a tool as a user does: in a process of its own, without the package installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def run_tool(
    tool: str, *arguments: object, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs ``tools/<tool>`` from the repository, or from elsewhere."""
    environment = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
    return subprocess.run(
        [sys.executable, str(REPOSITORY / 'tools' / tool), *map(str, arguments)],
        cwd=cwd or REPOSITORY,
        env=environment | {'OMP_NUM_THREADS': '1'},
        capture_output=True,
        text=True,
        timeout=120,
    )


def error_of(tool: str, *arguments: object, cwd: Path | None = None) -> str:
    """The one sentence with which a tool refuses bad input."""
    result = run_tool(tool, *arguments, cwd=cwd)
    assert result.returncode == 1, result.stdout + result.stderr
    assert 'Traceback' not in result.stderr
    lines = result.stderr.strip().splitlines()
    assert lines[-1].startswith('error: '), result.stderr
    return lines[-1]
