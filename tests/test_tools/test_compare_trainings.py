"""Two short trainings in small, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmenlighten.photos.image_io import read_image
from tests.small_run import write_config, write_pictures
from tests.test_tools.tool_runner import error_of, run_tool

TOOL = 'analysis_tools/compare_trainings.py'
PREPARED = dict(PREPARED_BY='tests.small_run:prepare')


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    config = write_config(tmp_path)
    write_pictures(tmp_path / 'low', ['1.png', '2.png'], level=30)
    write_pictures(tmp_path / 'high', ['1.png', '2.png'])
    data = ['--data', f'pairs={tmp_path}/low,{tmp_path}/high', '--out', str(tmp_path / 'out')]
    return [str(config), *data]


def test_a_config_is_trained_in_time_scored_and_shown(arguments: list[str], tmp_path: Path) -> None:
    # So short that the first iteration ends it, on any machine.
    command = [*arguments, '--seconds', '1e-6']
    done = run_tool(TOOL, *command, **PREPARED)
    assert done.returncode == 0, done.stderr
    out = tmp_path / 'out'
    assert (out / 'small' / 'iter_1.pth').is_file()
    table = (out / 'overview.md').read_text()
    assert '1e-06 s of training, 1 iterations' in table
    assert table in done.stdout
    names = [
        method['name'] for method in json.loads((out / 'benchmark.json').read_text())['methods']
    ]
    assert names == ['input', 'small']
    # Input, result and ground truth, 24 pixels wide each, brought to a height of 200.
    assert read_image(out / 'pairs.png').shape[1] >= 3 * 200

    before = (out / 'small' / 'iter_1.pth').stat().st_mtime_ns
    again = run_tool(TOOL, *command, **PREPARED)
    assert again.returncode == 0, again.stderr
    assert (out / 'small' / 'iter_1.pth').stat().st_mtime_ns == before


def test_configs_of_one_name_are_refused(arguments: list[str]) -> None:
    config = arguments[0]
    assert 'Two configs have one name' in error_of(TOOL, config, *arguments)


def test_a_training_that_fails_is_named_with_its_log(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / 'LOL').rename(tmp_path / 'elsewhere')
    failed = run_tool(TOOL, *arguments, **PREPARED)
    assert failed.returncode == 1
    assert 'error: The training of small ended with 1: see ' in failed.stderr
    assert 'Traceback' not in failed.stderr


def test_all_learn_from_the_set_of_one_config(arguments: list[str], tmp_path: Path) -> None:
    other = tmp_path / 'other'
    other.mkdir()
    common = write_config(other)
    (tmp_path / 'LOL').rename(tmp_path / 'elsewhere')
    done = run_tool(TOOL, *arguments, '--seconds', '1e-6', '--train-on', str(common), **PREPARED)
    assert done.returncode == 0, done.stderr
    assert f'{other}/LOL' in (tmp_path / 'out' / 'small' / 'config.py').read_text()
