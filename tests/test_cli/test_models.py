"""``mmenlighten models``, and what the console command does not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mmenlighten import list_models
from tests.waiting import PATIENCE

from .commands import run_here

NOT_IMPORTED = """
import runpy, sys
sys.argv = ['mmenlighten', *sys.argv[1:]]
try:
    runpy.run_module('mmenlighten', run_name='__main__')
except SystemExit as end:
    assert not end.code, end.code
print(sorted({'torch', 'mmengine', 'mmcv', 'numpy'} & set(sys.modules)))
"""


def test_models_are_listed_with_their_configs() -> None:
    result = run_here('models')
    assert result.status == 0
    table, *notes = result.output.split('\n\n')
    head, *rows = table.splitlines()
    assert head.split()[0] == 'name'
    assert notes[0].startswith('bilateral_curves_s: natural light')
    assert next(row for row in rows if row.startswith('lime')).split()[1:3] == ['none', 'needed']
    assert sorted(row.split()[0] for row in rows) == list_models()
    assert all(row.endswith('.py') for row in rows)


def test_a_pattern_chooses_and_one_that_fits_none_is_an_error() -> None:
    assert len(run_here('models', '*light_lol').output.splitlines()) == 2
    result = run_here('models', 'no*such')
    assert (result.status, result.output) == (1, '')
    assert result.errors.startswith('error: No model is called no*such')


@pytest.mark.parametrize(
    'arguments',
    [['--help'], ['models'], ['enhance', '--help'], ['app', '--help'], ['export', '--help']],
)
def test_the_command_starts_without_torch_and_mmengine(arguments: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, '-c', NOT_IMPORTED, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == '[]'


def test_all_subcommands_are_listed() -> None:
    text = run_here('--help').output
    assert all(name in text for name in ('enhance', 'merge', 'app', 'export', 'models', 'doctor'))
