"""Results of one engine are known to the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.enhancing.manifest import EnhanceRecord, hash_of
from mmenlighten.enhancing.sidecar_record import SidecarRecord, clean, prepare

NAME = Path('a', 'b.png')
PHOTO = hash_of(b'photo')
RECIPE = dict(model='m', tile=None)


@pytest.fixture(params=[(EnhanceRecord, SidecarRecord), (SidecarRecord, EnhanceRecord)])
def kinds(request: pytest.FixtureRequest) -> tuple[type[EnhanceRecord], type[EnhanceRecord]]:
    return request.param


def write_result(out: Path, kind: type[EnhanceRecord], content: bytes) -> None:
    record = kind(out, RECIPE)
    record.save()
    record.announce(NAME, PHOTO, hash_of(content))
    (out / NAME).parent.mkdir(parents=True, exist_ok=True)
    (out / NAME).write_bytes(content)


def test_what_is_done_is_done_for_both(
    kinds: tuple[type[EnhanceRecord], type[EnhanceRecord]], tmp_path: Path
) -> None:
    prepare(tmp_path)
    write_result(tmp_path, kinds[0], b'result')
    for kind in kinds:
        record = kind(tmp_path, RECIPE)
        assert record.state(NAME, PHOTO) == 'up to date'
        assert record.state(NAME, hash_of(b'another photo')) == 'conflict'
        assert record.state(NAME, PHOTO, dict(model='n')) == 'conflict'
    (tmp_path / NAME).write_bytes(b'half')
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['conflict'] * 2
    (tmp_path / NAME).unlink()
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['missing'] * 2


def test_what_one_engine_replaced_is_known_though_the_other_described_it_before(
    kinds: tuple[type[EnhanceRecord], type[EnhanceRecord]], tmp_path: Path
) -> None:
    prepare(tmp_path)
    write_result(tmp_path, kinds[0], b'first')
    write_result(tmp_path, kinds[1], b'second')
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['up to date'] * 2


def test_a_damaged_sidecar_describes_nothing(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_result(tmp_path, SidecarRecord, b'result')
    record = SidecarRecord(tmp_path, RECIPE)
    for content in (b'', b'{"photo"', b'[1]', b'\xff'):
        record.sidecar_of(NAME).write_bytes(content)
        assert record.state(NAME, PHOTO) == 'conflict'


def test_only_what_is_unfinished_is_removed(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_result(tmp_path, SidecarRecord, b'result')
    record = SidecarRecord(tmp_path, RECIPE)
    assert record.unfinished is not None
    (record.unfinished / 'machine-1-1.tmp').write_bytes(b'half')
    clean(tmp_path)
    assert sorted(p.name for p in tmp_path.rglob('*') if p.is_file()) == ['b.png', 'b.png.json']
