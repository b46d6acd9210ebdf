"""``mmenlighten models``, and what the console command does not import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten import list_models
from mmenlighten.apis.model_index import index_root, read_index
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


def test_what_can_be_used_now_is_listed_first_and_the_rest_on_demand() -> None:
    result = run_here('models')
    assert result.status == 0
    assert re.search(r'^bilateral_curves_s +249,007  natural light', result.output, re.M)
    assert re.search(r'^lime +refined illumination map', result.output, re.M)
    assert 'enlightengan_lol' not in result.output
    assert 'models --all` lists' in result.output.splitlines()[-1]
    everything = run_here('models', '--all').output
    assert everything.startswith(result.output.rpartition('\n\n')[0])
    words = set(everything.split())
    for name, entry in read_index().items():
        assert name in words or entry.config.name == f'{name}.py' in words


def test_tables_fit_100_columns() -> None:
    for line in run_here('models', '--all').output.splitlines():
        assert len(line) <= 100 or line == f'{index_root()}:'


def test_a_pattern_chooses_and_one_that_fits_none_is_an_error() -> None:
    output = run_here('models', '*light_lol').output
    assert output.startswith('To be trained first')
    assert re.search(r'\nenlightengan_light_lol.py +541,763  LOL\n$', output)
    assert 'To be trained' not in run_here('models', 'lime').output
    result = run_here('models', 'no*such')
    assert (result.status, result.output) == (1, '')
    assert result.errors.startswith('error: No model is called no*such')


def test_models_as_json() -> None:
    *models, summary = map(json.loads, run_here('models', '--all', '--json').output.splitlines())
    assert sorted(model['name'] for model in models) == list_models()
    assert summary == dict(kind='summary', listed=len(models), not_listed=0)
    assert all(Path(model['config']).is_file() for model in models)
    states = {model['name']: model['weights_from'] for model in models}
    assert states['bilateral_curves_s'] == 'package'
    assert states['lime'] == 'none needed'
    assert states['enlightengan_lol'] == 'untrained'
    *usable, summary = map(json.loads, run_here('models', '--json').output.splitlines())
    assert usable == [model for model in models if model['weights_from'] != 'untrained']
    assert summary['not_listed'] == len(models) - len(usable)


def test_an_error_is_told_in_json_too() -> None:
    result = run_here('models', 'no*such', '--json')
    error = json.loads(result.output)
    assert (result.status, error['kind']) == (1, 'error')
    assert result.errors == f'error: {error["message"]}\n'


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
    names = ('enhance', 'merge', 'app', 'export', 'models', 'doctor', 'completion')
    assert all(name in text for name in names)
