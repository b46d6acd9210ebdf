"""Wherever a run with a real network and ``--compare`` is killed, the next one completes it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.enhancing.manifest import NAME
from mmenlighten.photos import Photo, write_photo
from tests import fork_server

ROUNDS = 10
NAMES = [f'{index}.jpg' for index in range(3)] + ['sub/3.png']
WHOLE = {*NAMES, *(f'{name}.compare.jpg' for name in NAMES)}


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file()
    }


@pytest.mark.skipif(not hasattr(os, 'fork'), reason='needs processes that fork')
def test_whenever_runs_are_killed_the_last_one_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    album, out = tmp_path / 'album', tmp_path / 'out'
    for index, name in enumerate(NAMES):
        pixels = np.random.default_rng(index).integers(0, 70, (40, 56, 3), np.uint8)
        write_photo(Photo(pixels), album / name)
    mine = {'notes.txt': b'mine', '7.jpg.compare.jpg': b'mine', 'sub/.hidden.tmp': b'mine'}
    for folder in ('unbroken', *(f'round {number}' for number in range(ROUNDS))):
        for name, content in mine.items():
            (out / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (out / folder / name).write_bytes(content)
    program = 'tests.test_enhancing.kill_rounds'
    result = fork_server.run(program, album, out, 'bilateral_curves_s', ROUNDS)
    assert result.returncode == 0, result.stderr
    killed = [int(line) for line in result.stdout.splitlines()]
    assert len(killed) == ROUNDS
    assert sum(killed) >= ROUNDS  # a kill may come too late for what is left to do
    expected = files(out / 'unbroken')
    assert expected.keys() == WHOLE | {NAME} | mine.keys()
    journal = sorted(expected.pop(NAME).splitlines())
    for number in range(ROUNDS):
        left = files(out / f'left {number}')
        assert {name: data for name, data in left.items() if name in expected}.items() <= (
            expected.items()
        )
        ended = files(out / f'round {number}')
        assert sorted(ended.pop(NAME).splitlines()) == journal
        assert ended == expected
        assert not (out / f'round {number}' / '.mmenlighten').exists()
