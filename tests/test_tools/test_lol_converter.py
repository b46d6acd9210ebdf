"""The check of LOL names exactly what is wrong with a folder."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import UserError

from .tool_runner import REPOSITORY, error_of, run_tool

TOOL = 'dataset_converters/lol.py'


@pytest.fixture(scope='module')
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('downloads') / 'LOL dataset'
    picture = root.parent / 'picture.png'
    write_image(picture, np.full((400, 600, 3), 9, np.uint8))
    for part, count in (('our485', 485), ('eval15', 15)):
        for side in ('low', 'high'):
            (root / part / side).mkdir(parents=True)
            for number in range(count):
                (root / part / side / f'{number}.png').hardlink_to(picture)
    return root


@pytest.fixture
def data(complete: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(complete, tmp_path / 'LOL', copy_function=_hardlink))


def _hardlink(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def test_complete_data_is_linked(complete: Path, tmp_path: Path) -> None:
    result = run_tool(TOOL, complete, '--link', 'data/LOL', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count('\n') == 1
    assert 'is complete: 485 training and 15 evaluation pairs' in result.stdout
    assert (tmp_path / 'data' / 'LOL').resolve() == complete.resolve()
    assert 'Reading the pictures' in result.stderr


def test_links_replace_nothing(tmp_path: Path) -> None:
    link = runpy.run_path(str(REPOSITORY / 'tools' / TOOL))['link']
    for name in ('LOL', 'taken'):
        (tmp_path / name).mkdir()
    for _ in range(2):  # the second time the link is there already
        link(tmp_path / 'LOL', tmp_path / 'data' / 'LOL')
        assert (tmp_path / 'data' / 'LOL').resolve() == (tmp_path / 'LOL').resolve()
    with pytest.raises(UserError, match='taken exists already'):
        link(tmp_path / 'LOL', tmp_path / 'taken')
    (tmp_path / 'dead').symlink_to(tmp_path / 'nowhere')
    with pytest.raises(UserError, match='dead exists already'):
        link(tmp_path / 'LOL', tmp_path / 'dead')


def test_all_faults_are_listed(data: Path) -> None:
    low = data / 'our485' / 'low'
    (low / '7.png').unlink()
    (low / '8.png').unlink()
    (low / '8.png').write_bytes((data / 'our485' / 'high' / '8.png').read_bytes()[:300])
    (low / '9.png').unlink()
    write_image(low / '9.png', np.zeros((40, 60, 3), np.uint8))
    (low / 'notes.txt').touch()
    (low / '.DS_Store').touch()
    for side in ('low', 'high'):
        (data / 'eval15' / side / '3.png').unlink()
        write_image(data / 'eval15' / side / 'extra.jpg', np.zeros((400, 600, 3), np.uint8))

    result = run_tool(TOOL, data, '--link', data.parent / 'link')
    assert result.returncode == 1
    assert not (data.parent / 'link').exists()
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        'our485/low: notes.txt not a picture; move elsewhere',
        'our485/high: 7.png without a file of this name in our485/low',
        'our485: 484 pairs instead of 485',
    ]
    assert '8.png cannot be read' in lines[3]
    assert lines[4:] == [
        'our485/low/9.png: 60x40 pixels instead of 600x400',
        'eval15/low/extra.jpg: not a PNG file, which LOL has only',
        'eval15/high/extra.jpg: not a PNG file, which LOL has only',
    ]
    assert '7 findings' in result.stderr
    assert 'https://daooshee.github.io/BMVC2018website/' in result.stderr


def test_wrong_levels_are_named(data: Path) -> None:
    assert f'give {data} instead' in error_of(TOOL, data.parent)
    assert f'give {data.resolve()} instead' in error_of(TOOL, data / 'our485')
    (data / 'our485').rename(data / 'inner')
    (data / 'our485').mkdir()
    (data / 'inner').rename(data / 'our485' / 'our485')
    assert 'has a second folder our485 in it' in error_of(TOOL, data)
    shutil.rmtree(data / 'our485')
    assert 'lacks our485/low, our485/high: unpack LOLdataset.zip' in error_of(TOOL, data)
    assert 'does not exist' in error_of(TOOL, data / 'nowhere')
