"""``mmenlighten enhance --json``: one object a line, whatever files are called."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.photos import Photo, encode_photo

from .commands import Result, run_here, run_process

NAMES = (
    b'plain.png',
    b'two\nlines\t"quoted" \\.png',
    '夜 🌙.png'.encode(),
    b'latin \xe9 \xff.png',
)


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / 'album'
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 60, (24, 32, 3), np.uint8)
    for name in NAMES:
        (folder / os.fsdecode(name)).write_bytes(encode_photo(Photo(pixels), 'png'))
    return folder


def read(result: Result) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is told of each file, and the last object."""
    assert result.output.isascii()
    *objects, last = map(json.loads, result.output.splitlines())
    assert all(one['kind'] == 'file' for one in objects)
    return objects, last


def test_each_file_is_an_object_whatever_its_name_is(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    words = ['enhance', album, '--out', out, '--model', 'gamma']
    result = run_here(*words, '--json')
    files, summary = read(result)
    assert (result.status, len(files)) == (0, len(NAMES))
    assert {os.fsencode(one['source']) for one in files} == {
        os.fsencode(album) + b'/' + name for name in NAMES
    }
    for one in files:
        assert Path(one['result']) == out / Path(one['source']).name
        assert Path(one['result']).is_file()
        assert (one['status'], one['message']) == ('enhanced', '')
        assert 0 < one['seconds'] < 60
    assert summary['counts'] == {
        'enhanced': 4, 'copied': 0, 'up to date': 0, 'conflict': 0, 'failed': 0
    }  # fmt: skip
    again, summary = read(run_here(*words, '--json'))
    assert [one['result'] for one in again] == [one['result'] for one in files]
    assert {(one['status'], one['seconds']) for one in again} == {('up to date', None)}
    assert summary['counts']['up to date'] == 4
    # Without the option standard output stays empty, for the same status.
    result = run_here(*words)
    assert (result.status, result.output) == (0, '')


def test_failures_and_conflicts_have_the_exit_status_and_their_messages(
    album: Path, tmp_path: Path
) -> None:
    (album / 'broken.png').write_bytes(b'\x89PNG\r\n\x1a\nbroken')
    words = ['enhance', album, tmp_path / 'no', '--out', tmp_path / 'out', '--model', 'gamma']
    result = run_here(*words, '--json')
    files, summary = read(result)
    assert result.status == 1
    failed = [one for one in files if one['status'] == 'failed']
    assert {Path(one['source']).name for one in failed} == {'broken.png', 'no'}
    for one in failed:
        assert (one['result'], one['seconds']) == (None, None)
        assert one['source'] in one['message']
        assert f'error: {one["message"]}\n' in result.errors
    assert summary['counts']['failed'] == 2
    files, summary = read(run_here(*words, '--strength', '0.5', '--json'))
    conflicts = [one for one in files if one['status'] == 'conflict']
    assert len(conflicts) == summary['counts']['conflict'] == 4
    assert all('--overwrite' in one['message'] and one['result'] is None for one in conflicts)


def test_nothing_to_enhance_is_a_summary_too(tmp_path: Path) -> None:
    (tmp_path / 'in').mkdir()
    result = run_here('enhance', tmp_path / 'in', '--out', tmp_path / 'out', '--json')
    files, summary = read(result)
    assert (result.status, summary['kind']) == (1, 'summary')
    assert [one['status'] for one in files] == ['failed']


def test_what_ends_it_all_is_the_last_object(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    result = run_here('enhance', album, '--out', out, '--model', 'lyme', '--json')
    files, error = read(result)
    assert (result.status, files, error['kind']) == (1, [], 'error')
    assert 'did you mean lime?' in error['message']


def test_a_picture_and_objects_cannot_share_standard_output() -> None:
    result = run_process('enhance', '-', '--json', data=b'')
    assert result.returncode == 1
    assert b'leave out --json' in result.stderr
