"""``mmenlighten enhance --engine ray``; how workers work is tested in ``test_bulk``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.test_enhancing.test_bulk.clusters import write_album

from .commands import run_here


@pytest.mark.parametrize(
    ('options', 'sentence'),
    [
        (['--address', 'auto'], '--address is for Ray: add --engine ray.'),
        (['--workers', '2'], '--workers is for Ray: add --engine ray.'),
        (['--cpus-per-worker', '2'], '--cpus-per-worker is for Ray: add --engine ray.'),
        (
            ['--engine', 'ray', '--address', '127.0.0.1:1'],
            'No Ray cluster answers at --address 127.0.0.1:1 (Connection refused): start one with '
            '`ray start --head`, or leave out --address to use this machine alone.',
        ),
        (
            ['--engine', 'ray', '--address', 'there'],
            '--address there is no address: use HOST:PORT, or auto.',
        ),
        (['--engine', 'ray', '--model', 'nonsense'], 'nonsense'),
    ],
)
def test_what_cannot_work_is_one_sentence(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    if 'ray' in options:
        pytest.importorskip('ray')
    album = write_album(tmp_path / 'album', 1)
    command = ['enhance', album, '--out', tmp_path / 'out', '--model', 'gamma']
    result = run_here(*command, *options)
    assert result.status == 1
    assert len(result.errors.splitlines()) == 1
    assert result.errors.startswith('error: ')
    assert sentence in result.errors
    assert not (tmp_path / 'out').exists()


def test_without_ray_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'ray', None)
    album = write_album(tmp_path / 'album', 1)
    result = run_here('enhance', album, '--out', tmp_path / 'out', '--engine', 'ray')
    assert result.status == 1
    assert result.errors == (
        'error: --engine ray needs Ray: pip install "mmenlighten[ray]", on every machine.\n'
    )


def test_standard_input_is_for_the_plain_engine() -> None:
    result = run_here('enhance', '-', '--engine', 'ray')
    assert result.status == 1
    assert result.errors == 'error: --engine ray needs files: leave it out for standard input.\n'
