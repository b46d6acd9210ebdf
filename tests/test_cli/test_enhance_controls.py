"""``--denoise``, ``--brightness`` and ``--colour`` of a model that has none of them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.test_enhancing.test_bulk.clusters import write_album

from .commands import run_here

OPTIONS = [('--denoise', '0.5'), ('--brightness', '0'), ('--colour', '0.2'), ('--color', '0.2')]


def refusal(option: str, value: str) -> str:
    name = 'colour' if option == '--color' else option.removeprefix('--')
    return (
        f'error: --{name} {value} is for models that have such controls, and this one has none: '
        'leave it out, or use the model bilateral_curves_s.\n'
    )


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return write_album(tmp_path / 'album', 2)


@pytest.mark.parametrize(('option', 'value'), OPTIONS)
@pytest.mark.parametrize('engine', ['plain', 'ray'])
def test_it_is_refused_before_any_work(
    option: str, value: str, engine: str, album: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mmenlighten.enhancing.bulk.ray_connection.require_ray', lambda: None)
    out = album.parent / 'out'
    result = run_here(
        'enhance', album, '--out', out, '--model', 'gamma', '--engine', engine, option, value
    )
    assert (result.status, result.errors) == (1, refusal(option, value))
    assert not out.exists()


def test_it_is_refused_for_standard_input(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(next(album.iterdir()).read_bytes())
    monkeypatch.setattr('sys.stdin', io.TextIOWrapper(data))
    result = run_here('enhance', '-', '--model', 'gamma', '--denoise', '0.5')
    assert (result.status, result.output) == (1, '')
    assert result.errors == refusal('--denoise', '0.5')


def test_it_is_refused_too_where_all_is_done(album: Path) -> None:
    command = ['enhance', album, '--out', album.parent / 'out', '--model', 'gamma']
    assert run_here(*command).status == 0
    before = sorted((path, path.read_bytes()) for path in (album.parent / 'out').iterdir())
    for options in (['--brightness', '0.5'], ['--brightness', '0.5', '--overwrite']):
        result = run_here(*command, *options)
        assert (result.status, result.errors) == (1, refusal('--brightness', '0.5'))
    same = run_here(*command, '--colour', '1')
    assert (same.status, '2 done before' in same.errors) == (0, True)
    assert before == sorted((path, path.read_bytes()) for path in (album.parent / 'out').iterdir())
