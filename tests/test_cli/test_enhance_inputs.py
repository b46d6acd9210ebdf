"""``mmenlighten enhance`` on folders that hold more than photographs: all is done, or named."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import Photo, write_photo

from .commands import run_here

QUICK = ('--model', 'gamma')


@pytest.fixture(autouse=True)
def _album(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('p/a.jpg', 'p/s/b.png', 'other/c.jpg'):
        write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), name)


def made(folder: str) -> list[str]:
    paths = sorted(Path(folder).rglob('*'))
    return [path.relative_to(folder).as_posix() for path in paths if path.is_file()]


def test_links_loops_and_other_kinds() -> None:
    Path('p/alias.jpg').symlink_to('a.jpg')
    Path('p/linked').symlink_to('../other')
    Path('p/loop').symlink_to('.')
    Path('p/layers.psd').write_bytes(b'8BPS')
    result = run_here('enhance', 'p', '--out', 'out', *QUICK)
    assert result.status == 0, result.errors
    assert made('out')[1:] == ['a.jpg', 'alias.jpg', 'linked/c.jpg', 's/b.png']
    assert 'note: 1 passed over (links to folders that are entered anyway' in result.errors
    assert 'note: 1 passed over (kinds that are not handled' in result.errors
    assert '4 enhanced; ' in result.errors
    assert '4 done before; ' in run_here('enhance', 'p', '--out', 'out', *QUICK).errors


def test_what_cannot_be_taken_is_named_and_counted_and_the_rest_is_done() -> None:
    Path('p/gone.jpg').symlink_to('nowhere')
    os.mkfifo('p/pipe.png')
    result = run_here('enhance', 'p', 'no.jpg', 'x\ny.jpg', 'other', '--out', 'out', *QUICK)
    assert result.status == 1
    assert made('out')[1:] == ['a.jpg', 'c.jpg', 's/b.png']
    lines = result.errors.splitlines()
    assert [line for line in lines if line.startswith('error: ')] == [
        'error: p/gone.jpg is a link to nowhere, which does not exist or leads back to it.',
        'error: no.jpg does not exist: give a file, a folder, or a pattern.',
        'error: x\\ny.jpg does not exist: give a file, a folder, or a pattern.',
    ]
    assert '3 enhanced; 3 failed; ' in lines[-1]
    assert 'p/pipe.png' in lines[-2]


def test_nothing_to_do_is_told_before_a_model_is_built() -> None:
    result = run_here('enhance', 'p/*.gif', '--out', 'out', '--model', 'no such model')
    assert result.status == 1
    assert result.errors.startswith('error: p/*.gif holds no photographs')
    assert not Path('out').exists()


def test_a_folder_inside_of_that_of_the_results_is_enhanced() -> None:
    for words in ('3 enhanced; ', '3 done before; '):
        result = run_here('enhance', 'p', 'other', '--out', '.', *QUICK)
        assert result.status == 0, result.errors
        assert words in result.errors
    result = run_here('enhance', '.', 'other', '--out', '.', *QUICK)
    assert result.status == 1
    assert 'such as other/c.jpg, are none' in result.errors
    assert '1 done before; 1 failed; ' in result.errors


@pytest.mark.parametrize('arguments', [[''], [' '], ['p', ''], ['p', '--out', '']])
def test_empty_names_are_refused(arguments: list[str]) -> None:
    result = run_here('enhance', '--out', 'out', *arguments, *QUICK)
    assert result.status == 1
    assert ' is no path: ' in result.errors
    assert not Path('out').exists()


@pytest.mark.parametrize('option', ['--model', '--config', '--checkpoint'])
def test_empty_names_of_models_are_refused(option: str) -> None:
    more = QUICK if option == '--checkpoint' else ()
    result = run_here('enhance', 'p', '--out', 'out', option, '', *more)
    assert result.status == 1
    assert ' is empty: ' in result.errors


@pytest.mark.parametrize('name', ['n' * 240 + '.jpg', 'n' * 251 + '.png', '夜' * 83 + 'ab.png'])
def test_the_longest_names_that_files_can_have(name: str) -> None:
    write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), f'q/{name}')
    for words in ('1 enhanced; ', '1 done before; '):
        result = run_here('enhance', 'q', '--out', 'out', *QUICK, '--compare')
        assert result.status == 0, result.errors
        assert words in result.errors
        assert name in made('out')
        assert len([path for path in made('out') if path.endswith('.compare.jpg')]) == 1
        assert len(made('out')) == 3
