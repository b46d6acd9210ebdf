"""Which configs are known by their text, and what changes what is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.apis.model_fingerprint import plain_config_hash
from tests.golden import REPOSITORY


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f'{name}.py').write_text(text)
    return folder / 'config.py'


def test_the_configs_of_the_package_are_plain_and_differ() -> None:
    paths = sorted((REPOSITORY / 'configs').glob('*/*_folder.py'))
    paths += sorted((REPOSITORY / 'configs').glob('*.py'))
    hashes = {path: plain_config_hash(path) for path in paths}
    assert None not in hashes.values()
    assert len(set(hashes.values())) == len(paths)


def test_it_depends_on_each_text_and_not_on_the_place(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in 'ab']
    for folder in folders:
        folder.mkdir()
    texts = dict(config="_base_ = ['base.py', './other.py']\na = 1", base='b = 2', other='c = 3')
    one, two = (plain_config_hash(write(folder, **texts)) for folder in folders)
    assert one == two
    assert one is not None
    for name in texts:
        changed = plain_config_hash(write(folders[1], **texts | {name: texts[name] + '5'}))
        assert changed not in (one, None)


@pytest.mark.parametrize(
    'text',
    [
        'import os',
        'from my import model',
        'model = open("x")',
        '__import__("my")',
        'model = dict(a=__import__("os").environ)',
        'dict = open\nmodel = dict("x")',
        'model = [open for dict in [1]]',
        'def f(): pass',
        'model = (lambda: 1)()',
        'if True: a = 1',
        'for a in range(3): b = a',
        'with read_base(): a = 1',
        "model = '{{ fileDirname }}'",
        "model = '{{$HOME:x}}'",
        'model = {{ fileBasename }}',
        "_base_ = 'mmdet::base.py'",
        '_base_ = [5]',
        '_base_ = 5',
        "_base_ = 'missing.py'",
        "_base_ = 'config.py'",
        "_base_ = 'a' + '.py'",
        'custom_imports = dict(imports=["my"])',
        'a = (',
        'a = ' + '(' * 5000,
        'a\0',
    ],
)
def test_what_does_more_than_to_assign_values_is_not_known(tmp_path: Path, text: str) -> None:
    assert plain_config_hash(write(tmp_path, config=text)) is None


@pytest.mark.parametrize('ending', ['json', 'yaml', 'yml'])
def test_other_kinds_of_configs_are_plain_unless_they_inherit(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f'config.{ending}'
    path.write_text('{"model": {"type": "A"}}')
    first = plain_config_hash(path)
    path.write_text('{"model": {"type": "B"}}')
    assert plain_config_hash(path) not in (first, None)
    for text in ('{"_base_": "a.py"}', '{"a": "{{fileDirname}}"}', '{"custom_imports": 1}'):
        path.write_text(text)
        assert plain_config_hash(path) is None
    path.write_bytes(b'\xff\xfe')
    assert plain_config_hash(path) is None
