"""What is known of results: older files, damaged ones, many of them, several processes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mmenlighten.enhancing import result_journal
from mmenlighten.enhancing.manifest import (
    EARLIER_NAME,
    NAME,
    SIDECARS,
    Manifest,
)
from mmenlighten.enhancing.sidecar_manifest import SidecarManifest
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.sha256 import sha256_hex
from tests.mutants import mutants

RECIPE = dict(model='m', tile=None, strength=1.0)
OTHER = dict(model='n')
PHOTO = sha256_hex(b'photo')
NAMES = [Path('a.png'), Path('b', 'c.jpg'), Path(os.fsdecode(b'\xff.tif'))]


def make_results(out: Path) -> None:
    for name in NAMES:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content_of(name))


def content_of(name: Path) -> bytes:
    return b'result ' + os.fsencode(name)


def manifest_of(names: list[Path], recipe: dict[str, Any] = RECIPE) -> bytes:
    """As earlier versions wrote it."""
    results = {
        name.as_posix(): dict(photo=PHOTO, result=sha256_hex(content_of(name)), recipe=recipe)
        for name in names
    }
    content = dict(about='What mmenlighten made here.', version=1, results=results)
    return (json.dumps(content, indent=1) + '\n').encode()


def announce_all(out: Path, recipe: dict[str, Any] = RECIPE) -> Manifest:
    record = Manifest(out, recipe)
    record.save()
    for name in NAMES:
        record.record_intent(name, PHOTO, sha256_hex(content_of(name)))
    return record


def states(record: Manifest) -> list[str]:
    return [record.state(name, PHOTO) for name in NAMES]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    make_results(tmp_path / 'out')
    return tmp_path / 'out'


def test_what_an_earlier_version_wrote_down_stays_known_and_as_it_is(out: Path) -> None:
    text = manifest_of(NAMES)
    (out / EARLIER_NAME).write_bytes(text)
    record = Manifest(out, RECIPE)
    record.save()
    assert states(record) == ['up to date'] * 3
    record.record_intent(NAMES[0], PHOTO, sha256_hex(b'other'), OTHER)
    (out / NAMES[0]).write_bytes(b'other')
    record = Manifest(out, RECIPE)
    assert states(record) == ['conflict', 'up to date', 'up to date']
    assert record.state(NAMES[0], PHOTO, OTHER) == 'up to date'
    assert (out / EARLIER_NAME).read_bytes() == text
    assert record.notes == []


ENTRY = dict(photo=PHOTO, result=PHOTO, recipe=RECIPE)


@pytest.mark.parametrize(
    'content',
    [
        b'',
        b'{"results": ',
        b'{"results": 5}',
        b'[1, 2]',
        b'null',
        b'\x00' * 100,
        b'\xff\xfe\x00binary' * 1000,
        b'{"results": ' + b'[' * 100_000,
        b'{"a":' * 100_000,
        b'{"results": {"x.jpg": ' + b'{"recipe": ' * 100_000,
        b'1' * 10_000,
        b'{"results": {"a.jpg": 5}}',
        *(
            json.dumps(dict(results={'a.png': ENTRY | change})).encode()
            for change in (
                dict(photo=5),
                dict(photo='x'),
                dict(result=None),
                dict(result='\0'),
                dict(recipe=[]),
                dict(recipe=None),
                dict(photo=[PHOTO]),
                dict(photo='é' * 64),
            )
        ),
    ],
    ids=lambda content: content[-12:].decode('latin-1').encode('unicode_escape').decode(),
)
def test_a_damaged_manifest_is_noted_and_its_results_count_as_made_otherwise(
    content: bytes, out: Path
) -> None:
    (out / EARLIER_NAME).write_bytes(content)
    record = announce_all(out)  # what comes after it is known
    assert states(Manifest(out, RECIPE)) == ['up to date'] * 3
    (out / NAME).unlink()
    record = Manifest(out, RECIPE)
    assert states(record) == ['conflict'] * 3
    (note,) = record.notes
    assert note.startswith(f'{out / EARLIER_NAME} cannot be used as a whole (')
    assert 'delete' not in note
    assert (out / EARLIER_NAME).read_bytes() == content


def test_entries_in_order_are_used_beside_others(out: Path) -> None:
    content = json.loads(manifest_of(NAMES))
    content['results'][NAMES[1].as_posix()]['recipe'] = 5
    content['results']['x.jpg'] = 5
    (out / EARLIER_NAME).write_text(json.dumps(content))
    record = Manifest(out, RECIPE)
    assert states(record) == ['up to date', 'conflict', 'up to date']
    assert '2 of its entries' in record.notes[0]


@pytest.mark.parametrize('name', [NAME, EARLIER_NAME])
@pytest.mark.parametrize('kind', ['folder', 'pipe', 'loop', 'large'])
def test_something_else_in_its_place_is_noted(kind: str, name: str, out: Path) -> None:
    path = out / name
    if kind == 'folder':
        path.mkdir()
    elif kind == 'pipe':
        os.mkfifo(path)
    elif kind == 'loop':
        path.symlink_to(path.name)
    else:
        path.touch()
        os.truncate(path, 2**28 + 1)  # sparse
    record = Manifest(out, RECIPE)
    assert states(record) == ['conflict'] * 3
    assert len(record.notes) == 1
    assert str(path) in record.notes[0]


@pytest.mark.parametrize('kind', ['folder', 'pipe', 'link', 'dangling link'])
def test_what_is_in_the_place_of_the_journal_is_not_touched(kind: str, out: Path) -> None:
    path, other = out / NAME, out / 'other'
    other.write_bytes(b'mine')
    if kind == 'folder':
        path.mkdir()
    elif kind == 'pipe':
        os.mkfifo(path)
    else:
        path.symlink_to(other if kind == 'link' else out / 'nothing')
    with pytest.raises(UserError, match='move it elsewhere, or give another out'):
        Manifest(out, RECIPE).save()
    assert other.read_bytes() == b'mine'
    assert not (out / 'nothing').exists()


def test_damaged_lines_cost_their_results_alone(out: Path) -> None:
    announce_all(out).close()
    path = out / NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b''.join(
            [*lines[:2], b'\0\xff' * 50 + b'\n', lines[2][:-8] + b'x' + lines[2][-7:], *lines[3:]]
        )
    )
    record = Manifest(out, RECIPE)
    assert states(record) == ['conflict', 'up to date', 'up to date']
    assert record.notes == [
        f'{path} cannot be used as a whole (2 of its lines are damaged): results that only it '
        'describes count as made otherwise.'
    ]


@pytest.mark.parametrize('name', [NAME, EARLIER_NAME])
def test_mutants_of_the_files_never_raise_and_vouch_for_nothing_else(
    name: str, out: Path, mutant_count: int
) -> None:
    if name == NAME:
        announce_all(out).close()
    else:
        (out / name).write_bytes(manifest_of(NAMES))
    for mutant in mutants((out / name).read_bytes(), mutant_count, seed=18):
        (out / name).write_bytes(mutant)
        record = Manifest(out, RECIPE)
        assert set(states(record)) <= {'up to date', 'conflict'}
        assert record.state(NAMES[0], sha256_hex(b'other photo')) == 'conflict'
        assert all('\n' not in note for note in record.notes)


def test_sidecars_that_are_damaged_describe_nothing(out: Path) -> None:
    record = Manifest(out, RECIPE)
    path = record.sidecar_of(NAMES[0])
    path.parent.mkdir(parents=True)
    for content in (b'[' * 100_000, b'{"photo": 1}', b'\0', b'5', json.dumps([ENTRY]).encode()):
        path.write_bytes(content)
        assert states(record) == ['conflict'] * 3
    path.unlink()
    path.mkdir()
    assert states(record) == ['conflict'] * 3


def test_while_a_result_is_replaced_both_contents_are_known(out: Path) -> None:
    for kind in (Manifest, SidecarManifest):
        record = kind(out, RECIPE)
        record.save()
        record.record_intent(NAMES[0], PHOTO, sha256_hex(content_of(NAMES[0])))
        record.record_intent(
            NAMES[0], PHOTO, sha256_hex(b'new'), OTHER
        )  # killed before it is there
        assert kind(out, RECIPE).state(NAMES[0], PHOTO) == 'up to date'
        (out / NAMES[0]).write_bytes(b'new')
        assert kind(out, OTHER).state(NAMES[0], PHOTO) == 'up to date'
        assert kind(out, RECIPE).state(NAMES[0], PHOTO) == 'conflict'
        assert kind(out, RECIPE).is_known(NAMES[0])
        (out / NAMES[0]).write_bytes(b'edited by hand')
        assert not kind(out, RECIPE).is_known(NAMES[0])
        (out / NAMES[0]).write_bytes(content_of(NAMES[0]))


def test_what_another_process_has_made_meanwhile_is_known(out: Path) -> None:
    early = Manifest(out, RECIPE)
    early.save()
    assert states(early) == ['conflict'] * 3
    announce_all(out)
    assert states(early) == ['up to date'] * 3


def test_the_same_again_adds_no_line(out: Path) -> None:
    announce_all(out).close()
    text = (out / NAME).read_bytes()
    announce_all(out).close()
    assert (out / NAME).read_bytes() == text


def test_a_journal_of_many_dead_lines_is_written_anew(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_journal, 'FEW', 10)
    record = announce_all(out)
    record.journal.remember('fingerprint', dict(identity='i'))
    for index in range(30):
        record.record_intent(NAMES[0], PHOTO, sha256_hex(b'%d' % index))
    record.record_intent(NAMES[0], PHOTO, sha256_hex(content_of(NAMES[0])))
    record.close()
    size = (out / NAME).stat().st_size
    record = Manifest(out, RECIPE)
    record.save()
    assert (out / NAME).stat().st_size < size / 3
    record = Manifest(out, RECIPE)
    assert states(record) == ['up to date'] * 3
    assert record.journal.models == dict(fingerprint=dict(identity='i'))
    assert record.notes == []
    record.record_intent(NAMES[1], PHOTO, sha256_hex(b'x'), OTHER)
    assert Manifest(out, RECIPE).entries[NAMES[1].as_posix()]['recipe'] == OTHER


def test_bookkeeping_of_one_more_result_looks_at_no_other(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Manifest(out, RECIPE)
    record.save()
    steps: list[str] = []
    for name in ('scandir', 'listdir', 'replace'):
        monkeypatch.setattr(os, name, lambda *a, name=name, **k: steps.append(name))
    sizes = []
    for index in range(200):
        before = (out / NAME).stat().st_size
        record.record_intent(Path(f'{index:03}.jpg'), PHOTO, sha256_hex(b'%d' % index))
        sizes.append((out / NAME).stat().st_size - before)
    assert steps == []
    assert len(set(sizes[1:])) == 1  # before the first one stands its recipe
    assert sizes[1] < 300


def test_a_run_removes_what_killed_ones_left_and_no_folder_stays(out: Path) -> None:
    record = Manifest(out, RECIPE)
    record.unfinished.mkdir(parents=True)
    (record.unfinished / 'notes.txt').write_text('mine')
    (record.unfinished / '.1.another machine-7.tmp').write_bytes(b'at work')
    old = record.unfinished / '.1.another machine-8.tmp'
    old.write_bytes(b'of last week')
    os.utime(old, (0, 0))
    record.save()
    record.close()
    assert sorted(path.name for path in record.unfinished.iterdir()) == [
        '.1.another machine-7.tmp', 'notes.txt',
    ]  # fmt: skip
    for path in record.unfinished.iterdir():
        path.unlink()
    record.save()
    record.close()
    assert sorted(os.listdir(out)) == sorted([NAME, 'a.png', 'b', NAMES[2].name])


def test_sidecars_of_the_longest_names_have_short_ones(out: Path) -> None:
    name = Path('x' * 251 + '.png')
    record = SidecarManifest(out, RECIPE)
    record.record_intent(name, PHOTO, sha256_hex(b'x'))
    (out / name).write_bytes(b'x')
    assert record.state(name, PHOTO) == 'up to date'
    assert all(len(path.name) <= 255 for path in (out / SIDECARS).iterdir())
