"""Results of one engine are known to the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.enhancing.sidecar_manifest import SidecarManifest, clean, prepare
from mmenlighten.utils.sha256 import sha256_hex

NAME = Path('a', 'b.png')
PHOTO = sha256_hex(b'photo')
RECIPE = dict(model='m', tile=None)


@pytest.fixture(params=[(Manifest, SidecarManifest), (SidecarManifest, Manifest)])
def kinds(request: pytest.FixtureRequest) -> tuple[type[Manifest], type[Manifest]]:
    return request.param


def write_result(out: Path, kind: type[Manifest], content: bytes) -> None:
    record = kind(out, RECIPE)
    record.save()
    record.record_intent(NAME, PHOTO, sha256_hex(content))
    (out / NAME).parent.mkdir(parents=True, exist_ok=True)
    (out / NAME).write_bytes(content)


def test_what_is_done_is_done_for_both(
    kinds: tuple[type[Manifest], type[Manifest]], tmp_path: Path
) -> None:
    prepare(tmp_path)
    write_result(tmp_path, kinds[0], b'result')
    for kind in kinds:
        record = kind(tmp_path, RECIPE)
        assert record.state(NAME, PHOTO) == 'up to date'
        assert record.state(NAME, sha256_hex(b'another photo')) == 'conflict'
        assert record.state(NAME, PHOTO, dict(model='n')) == 'conflict'
    (tmp_path / NAME).write_bytes(b'half')
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['conflict'] * 2
    (tmp_path / NAME).unlink()
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['missing'] * 2


def test_what_one_engine_replaced_is_known_though_the_other_described_it_before(
    kinds: tuple[type[Manifest], type[Manifest]], tmp_path: Path
) -> None:
    prepare(tmp_path)
    write_result(tmp_path, kinds[0], b'first')
    write_result(tmp_path, kinds[1], b'second')
    assert [kind(tmp_path, RECIPE).state(NAME, PHOTO) for kind in kinds] == ['up to date'] * 2


def test_a_damaged_sidecar_describes_nothing(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_result(tmp_path, SidecarManifest, b'result')
    record = SidecarManifest(tmp_path, RECIPE)
    for content in (b'', b'{"photo"', b'[1]', b'\xff'):
        record.sidecar_of(NAME).write_bytes(content)
        assert record.state(NAME, PHOTO) == 'conflict'


def test_only_what_is_unfinished_is_removed(tmp_path: Path) -> None:
    prepare(tmp_path)
    write_result(tmp_path, SidecarManifest, b'result')
    record = SidecarManifest(tmp_path, RECIPE)
    assert record.unfinished is not None
    (record.unfinished / 'machine-1-1.tmp').write_bytes(b'half')
    clean(tmp_path)
    assert sorted(p.name for p in tmp_path.rglob('*') if p.is_file()) == ['b.png', 'b.png.json']
