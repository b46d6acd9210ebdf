"""A second run that has nothing to do loads no model, and still sees what has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.cli import enhance_command
from mmenlighten.photos import Photo, write_photo
from tests.golden import REPOSITORY

from .commands import make_model, run_here

AGAIN = """
import sys
from mmenlighten.cli.main import main
try:
    main()
finally:
    print(*sorted({'torch', 'mmengine', 'onnxruntime', 'av', 'scipy'} & set(sys.modules)))
"""


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_model(tmp_path_factory.mktemp('model'))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for index in range(3):
        pixels = np.random.default_rng(index).integers(0, 60, (20, 30, 3), np.uint8)
        write_photo(Photo(pixels, format='jpeg'), tmp_path / 'album' / f'{index}.jpg')
    return tmp_path / 'album'


def test_nothing_to_do_loads_none_of_the_large_libraries(album: Path, tmp_path: Path) -> None:
    command = ['enhance', str(album), '--out', str(tmp_path / 'out'), '--compare']
    assert run_here(*command).status == 0
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / 'out').iterdir()}
    again = subprocess.run(
        [sys.executable, '-c', AGAIN, *command],
        env=os.environ | {'PYTHONPATH': str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout == '\n'
    assert again.stderr.startswith('No --model is given')
    assert '3 done before; ' in again.stderr
    assert times == {path: path.stat().st_mtime_ns for path in (tmp_path / 'out').iterdir()}


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each model that is loaded."""
    models: list[str] = []
    real = enhance_command.build_chosen

    def counted(*arguments: Any) -> Any:
        models.append('a model')
        return real(*arguments)

    monkeypatch.setattr(enhance_command, 'build_chosen', counted)
    return models


@pytest.mark.parametrize(
    ('change', 'words'),
    [
        ('nothing', '3 done before; '),
        ('weights', '3 not replaced; '),
        ('config', '3 not replaced; '),
        ('strength', '3 not replaced; '),
        ('photo', '2 done before; 1 not replaced; '),
        ('result', '2 done before; 1 not replaced; '),
        ('new photo', '1 enhanced; 3 done before; '),
        ('no result', '1 enhanced; 2 done before; '),
        ('comparison', '3 done before; '),
        ('broken photo', '3 done before; 1 failed; '),
    ],
)
def test_whatever_has_changed_is_seen(
    change: str,
    words: str,
    built: list[str],
    album: Path,
    model: tuple[str, ...],
    tmp_path: Path,
) -> None:
    out, options = tmp_path / 'out', list(model)
    config, weights = (tmp_path / Path(model[place]).name for place in (1, 3))
    for place, path in ((1, config), (3, weights)):
        shutil.copy(model[place], path)
        options[place] = str(path)
    command = ['enhance', str(album), '--out', str(out), *options]
    assert run_here(*command).status == 0
    built.clear()
    if change == 'weights':
        shutil.copy(make_model(tmp_path / 'other', seed=1)[3], weights)
    elif change == 'config':
        config.write_text(config.read_text().replace('num_downs=2', 'num_downs=3'))
    elif change == 'strength':
        command += ['--strength', '0.9']
    elif change == 'photo':
        shutil.copy(album / '1.jpg', album / '2.jpg')
    elif change == 'result':
        shutil.copy(out / '1.jpg', out / '2.jpg')
    elif change == 'new photo':
        shutil.copy(album / '1.jpg', album / '1b.jpg')
    elif change == 'no result':
        (out / '1.jpg').unlink()
    elif change == 'comparison':
        command += ['--compare']
    elif change == 'broken photo':
        (album / '1b.jpg').write_bytes(b'')
    result = run_here(*command)
    assert words in result.errors
    assert result.status == (1 if 'not replaced' in words or 'failed' in words else 0)
    needs_model = change in ('weights', 'config', 'new photo', 'no result', 'broken photo')
    assert bool(built) == needs_model
    if change == 'comparison':
        assert len(list(out.glob('*.compare.jpg'))) == 3


def test_what_can_be_noted_of_a_model_may_be_damaged(
    built: list[str], album: Path, tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    command = ['enhance', str(album), '--out', str(out), '--model', 'gamma']
    assert run_here(*command).status == 0
    (journal,) = out.glob('.mmenlighten*')
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b''.join(line.replace(b'"identity"', b'"x"') for line in lines))
    built.clear()
    result = run_here(*command)
    assert (result.status, built) == (0, ['a model'])
    assert '1 of its lines are damaged' in result.errors
    built.clear()
    assert (run_here(*command).status, built) == (0, [])
