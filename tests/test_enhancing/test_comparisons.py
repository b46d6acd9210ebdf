"""Pictures of before and after: the same whenever they are made, and over nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import EARLIER_NAME, NAME, Manifest
from mmenlighten.enhancing.sidecar_manifest import SidecarManifest
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.sha256 import sha256_hex
from tests.test_enhancing.test_job import make_enhancer, run, statuses

COMPARISON = '0.jpg.compare.jpg'


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for index in range(3):
        pixels = np.random.default_rng(index).integers(0, 90, (40, 30, 3), np.uint8)
        write_photo(Photo(pixels, format='jpeg'), tmp_path / 'album' / f'{index}.jpg')
    return tmp_path / 'album'


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob('*.jpg')}


@pytest.fixture
def expected(album: Path, tmp_path: Path) -> dict[str, bytes]:
    run(album, tmp_path / 'unbroken', make_enhancer(compare=True))
    found = files(tmp_path / 'unbroken')
    assert len(found) == 6
    return found


def test_made_later_it_is_the_same_of_a_jpeg_too(
    album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    run(album, out)
    assert statuses(run(album, out, make_enhancer(compare=True))) == ['up to date'] * 3
    assert files(out) == expected


def test_a_run_that_ended_anywhere_is_completed_to_the_same(
    album: Path, tmp_path: Path, expected: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace
    for step in range(6):
        out, left = tmp_path / f'{step}', [step]

        def replace(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise SystemExit
            real(source, target)

        monkeypatch.setattr(os, 'replace', replace)
        with pytest.raises(SystemExit):
            run(album, out, make_enhancer(compare=True))
        monkeypatch.undo()
        assert len(files(out)) == step
        assert {'up to date', 'enhanced'} >= set(
            statuses(run(album, out, make_enhancer(compare=True)))
        )
        assert files(out) == expected


def put(path: Path, kind: str, mine: Path) -> None:
    """Puts something of the user in the place of a picture."""
    path.parent.mkdir(exist_ok=True)
    mine.write_bytes(b'mine')
    if kind == 'file':
        path.write_bytes(b'mine')
    elif kind == 'hard link':
        path.hardlink_to(mine)
    elif kind == 'link':
        path.symlink_to(mine)
    elif kind == 'dangling link':
        path.symlink_to(mine.with_name('nothing'))
    elif kind == 'folder':
        path.mkdir()


@pytest.mark.parametrize('is_done', [False, True])
@pytest.mark.parametrize('kind', ['file', 'hard link', 'link', 'dangling link', 'folder'])
def test_what_no_run_has_made_is_kept_and_told(
    kind: str, is_done: bool, album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out, mine = tmp_path / 'out', tmp_path / 'mine'
    if is_done:
        run(album, out)
    put(out / COMPARISON, kind, mine)
    state = (out / COMPARISON).lstat()
    outcomes = run(album, out, make_enhancer(compare=True))
    assert statuses(outcomes) == ['conflict', *['up to date' if is_done else 'enhanced'] * 2]
    assert str(out / COMPARISON) in outcomes[0].message
    assert 'give overwrite=True to' in outcomes[0].message
    assert (out / COMPARISON).lstat().st_ino == state.st_ino
    assert not (tmp_path / 'nothing').exists()
    assert (out / '0.jpg').read_bytes() == expected['0.jpg']

    outcomes = run(album, out, make_enhancer(compare=True, overwrite=True))
    assert statuses(outcomes) == [
        'failed' if kind == 'folder' else 'up to date',
        'up to date',
        'up to date',
    ]
    assert mine.read_bytes() == b'mine'
    if kind != 'folder':
        assert files(out) == expected


def test_one_that_was_edited_or_protected_is_kept(
    album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    run(album, out, make_enhancer(compare=True))
    (out / COMPARISON).write_bytes(b'edited')
    assert run(album, out, make_enhancer(compare=True))[0].status == 'conflict'
    (out / COMPARISON).chmod(0o444)
    outcome = run(album, out, make_enhancer(compare=True, overwrite=True))[0]
    assert outcome.status == 'conflict'
    assert 'read-only' in outcome.message
    assert (out / COMPARISON).read_bytes() == b'edited'


def test_it_follows_its_result_without_being_asked(
    album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    run(album, out, make_enhancer(compare=True, strength=0.5))
    assert files(out) != expected
    run(album, out, make_enhancer(overwrite=True))  # a run without --compare, or a killed one
    assert statuses(run(album, out, make_enhancer(compare=True))) == ['up to date'] * 3
    assert files(out) == expected


def test_those_of_earlier_versions_stay_as_they_are(
    album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    run(album, out)
    entries = dict(Manifest(out).entries)
    (out / EARLIER_NAME).write_text(json.dumps(dict(version=1, results=entries)))
    (out / NAME).unlink()
    (out / COMPARISON).write_bytes(b'of an earlier version')
    assert statuses(run(album, out, make_enhancer(compare=True))) == ['up to date'] * 3
    assert (out / COMPARISON).read_bytes() == b'of an earlier version'
    assert (out / '1.jpg.compare.jpg').read_bytes() == expected['1.jpg.compare.jpg']


def test_the_same_content_is_taken_for_its_own(
    album: Path, tmp_path: Path, expected: dict[str, bytes]
) -> None:
    out = tmp_path / 'out'
    run(album, out)
    (out / COMPARISON).write_bytes(expected[COMPARISON])
    assert statuses(run(album, out, make_enhancer(compare=True))) == ['up to date'] * 3
    entry = Manifest(out).entries[COMPARISON]
    assert entry['result'] == sha256_hex(expected[COMPARISON])


@pytest.mark.parametrize('way', ['itself', 'by a link', 'under a link', 'through a folder'])
@pytest.mark.parametrize('overwrite', [False, True])
def test_what_is_read_is_never_in_its_place(
    way: str, overwrite: bool, album: Path, tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    (tmp_path / 'in').mkdir()
    album.rename(tmp_path / 'in' / 'sub')
    place = out / 'sub' / COMPARISON
    mine = tmp_path / COMPARISON if way == 'under a link' else place
    write_photo(Photo(np.zeros((9, 7, 3), np.uint8), format='jpeg'), mine)
    before, named = mine.read_bytes(), mine
    if way == 'by a link':
        named = tmp_path / 'a.jpg'
        named.symlink_to(mine)
    elif way == 'under a link':
        place.parent.mkdir(parents=True)
        place.symlink_to(mine)
    elif way == 'through a folder':
        (tmp_path / 'other').symlink_to(out)
        named = tmp_path / 'other' / 'sub' / COMPARISON
    enhancer = make_enhancer(compare=True, overwrite=overwrite)
    tasks = find_tasks([str(tmp_path / 'in'), str(named)], out)
    with pytest.raises(UserError, match='which is read: give another out, or leave out'):
        list(EnhanceJob(enhancer, out).run(tasks))
    assert mine.read_bytes() == before
    assert not (out / 'sub' / '0.jpg').exists()


def test_workers_know_their_own_and_keep_what_is_not(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    put(out / COMPARISON, 'file', tmp_path / 'mine')
    tasks = find_tasks([str(album)], out)
    for wanted in ('enhanced', 'up to date'):
        enhancer = make_enhancer(compare=True)
        record = SidecarManifest(out, enhancer.fingerprint())
        outcomes = list(EnhanceJob(enhancer, out, manifest=record).run(tasks))
        assert statuses(outcomes) == ['conflict', wanted, wanted]
    assert (out / COMPARISON).read_bytes() == b'mine'
