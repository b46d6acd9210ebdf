"""One command fills a folder with free photographs, here from a small mirror."""

from __future__ import annotations

import csv
import errno
import os
import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from mmenlighten.datasets.free_photographs import SOURCES, Repository, collection, sources
from mmenlighten.datasets.free_photographs.sources import read_photographs
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.atomic import write_bytes
from tests.free_mirror import WALLPAPERS, FreeMirror, package_of, picture, sha256

from .tool_runner import REPOSITORY, error_of

TOOL = 'dataset_converters/free_photographs.py'


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FreeMirror:
    """A mirror whose photographs are all that there are."""
    made = FreeMirror(tmp_path / 'mirror')
    write_table(made, tmp_path / 'table.csv')
    monkeypatch.setattr(sources, 'TABLE', tmp_path / 'table.csv')
    for name, source in made.sources.items():
        monkeypatch.setitem(SOURCES, name, source)
    return made


def write_table(mirror: FreeMirror, path: Path) -> None:
    with open(path, 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(vars(mirror.photographs[0]))
        writer.writerows(vars(one).values() for one in mirror.photographs)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    with monkeypatch.context() as patch:
        patch.setattr('sys.argv', [TOOL, *map(str, arguments)])
        patch.setattr('sys.path', [])
        runpy.run_path(str(REPOSITORY / 'tools' / TOOL), run_name='__main__')


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def rows_of(folder: Path) -> list[dict[str, str]]:
    with open(folder / 'manifest.csv', encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def test_the_table_is_whole() -> None:
    photographs = read_photographs()
    assert len(photographs) == len({one.file for one in photographs}) == 320
    counts = Counter(one.source for one in photographs)
    assert counts.keys() == SOURCES.keys()
    assert [counts[name] for name in ('codec-corpus', 'gb82-image-set')] == [222 + 24, 21]
    assert {type(SOURCES[one.source]) for one in photographs[:267]} == {Repository}
    for one in photographs:
        assert re.fullmatch(r'[\w.-]+\.jpg', one.file), one
        assert re.fullmatch(r'[0-9a-f]{64}', one.sha256), one
        assert one.licence, one
        assert not one.path.startswith('/'), one
        assert '..' not in one.path.split('/'), one


def test_photographs_are_fetched_reduced_and_listed(
    mirror: FreeMirror,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / 'new' / 'out'
    run(monkeypatch, out, '--mirror', mirror.folder)
    assert 'has all 4 photographs (4 fetched now, 0 were there)' in capsys.readouterr().out
    sizes = [read_image(out / f'{number}.jpg').shape[1::-1] for number in range(4)]
    assert sizes == [(40, 30), (30, 40), (1152, 35), (33, 21)]
    rows = rows_of(out)
    assert [row['file'] for row in rows] == ['0.jpg', '1.jpg', '2.jpg', '3.jpg']
    assert rows[1]['source'] == 'someone/pictures@0123456'
    assert rows[2] == dict(
        file='2.jpg',
        source='Debian walls 1.0-2',
        author='Ann, "A." Ö',
        licence='CC0-1.0',
        original=f'{WALLPAPERS}/wide.png',
        original_size='1700x51',
        kept='1152x35',
        original_sha256=mirror.photographs[2].sha256,
        sha256=sha256((out / '2.jpg').read_bytes()),
    )
    assert len(files_of(out)) == 5  # nothing else is left
    assert mirror.deb.exists()


def test_a_stopped_run_goes_on(
    mirror: FreeMirror,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, deb = tmp_path / 'out', mirror.deb.read_bytes()
    mirror.deb.unlink()
    assert 'walls_1.0-2_all.deb cannot be read' in error_of(TOOL, out, '--mirror', mirror.folder)
    assert [row['file'] for row in rows_of(out)] == ['0.jpg', '1.jpg']
    for path in (mirror.folder / 'someone').rglob('*.*g'):
        path.unlink()  # they are not asked for again
    mirror.write(mirror.package.file.mirror_path, deb)
    run(monkeypatch, out, '--mirror', mirror.folder)
    assert '(2 fetched now, 2 were there)' in capsys.readouterr().out
    before = files_of(out)
    mirror.deb.unlink()
    run(monkeypatch, out, '--mirror', mirror.folder)
    assert '(0 fetched now, 4 were there)' in capsys.readouterr().out
    assert files_of(out) == before


def test_a_full_disk_is_told_and_the_next_run_goes_on(
    mirror: FreeMirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / 'out'

    def write(path: Path, data: bytes) -> None:
        if path.name == '1.jpg':
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write_bytes(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(collection, 'write_bytes', write)
        message = error_of(TOOL, out, '--mirror', mirror.folder)
    assert '1.jpg: No space left on device. Free space' in message
    assert [row['file'] for row in rows_of(out)] == ['0.jpg']
    run(monkeypatch, out, '--mirror', mirror.folder)
    assert len(rows_of(out)) == 4


def test_a_photograph_that_was_written_and_not_listed_is_taken(
    mirror: FreeMirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / 'out'
    run(monkeypatch, out, '--mirror', mirror.folder)
    whole = files_of(out)
    lines = (out / 'manifest.csv').read_text(encoding='utf-8').splitlines(keepends=True)
    (out / 'manifest.csv').write_text(''.join(lines[:-1]) + 'cut', encoding='utf-8')
    run(monkeypatch, out, '--mirror', mirror.folder)
    assert files_of(out) == whole


def test_what_differs_is_kept_unless_asked(
    mirror: FreeMirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / 'out'
    run(monkeypatch, out, '--mirror', mirror.folder)
    whole = files_of(out)
    for name in ('1.jpg', '3.jpg'):
        (out / name).write_bytes(b'mine')
    message = error_of(TOOL, out, '--mirror', mirror.folder)
    assert '1.jpg has another content than expected (and 1 more): kept' in message
    assert (out / '3.jpg').read_bytes() == b'mine'
    run(monkeypatch, out, '--mirror', mirror.folder, '--overwrite')
    assert files_of(out) == whole


@pytest.mark.parametrize('content', [b'file,label\na.jpg,3\n', b'\xff\xfe\x00', b''])
def test_the_manifest_of_something_else_is_kept(
    mirror: FreeMirror, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / 'manifest.csv').write_bytes(content)
    message = error_of(TOOL, tmp_path, '--mirror', mirror.folder)
    assert 'manifest.csv lists something else: choose another folder' in message
    assert (tmp_path / 'manifest.csv').read_bytes() == content
    assert not list(tmp_path.glob('*.jpg'))


@pytest.mark.parametrize('kind', ['repository', 'package', 'package of another content'])
def test_what_is_not_the_file_expected_is_refused(
    mirror: FreeMirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == 'repository':
        mirror.write(f'someone/pictures/{mirror.sources["pictures"].commit}/photos/a.png', b'no')
    else:
        files = {one.path: picture(9, 9, 7) for one in mirror.photographs[2:]}
        mirror.write(mirror.package.file.mirror_path, package_of(files))
    if kind.endswith('content'):  # the package is right, and the table of another version
        other = type(mirror.package)(
            'walls', '1.0-2', 'w/walls', sha256(mirror.deb.read_bytes()), 9
        )
        monkeypatch.setitem(SOURCES, 'walls', other)
    message = error_of(TOOL, tmp_path / 'out', '--mirror', mirror.folder)
    assert 'is not the file expected: its SHA-256' in message
    expected = {'0.jpg', '1.jpg'} if kind != 'repository' else set()
    assert {path.name for path in (tmp_path / 'out').glob('*.jpg')} == expected


@pytest.mark.parametrize('value', ['nowhere', '', 'ftp://server'])
def test_a_mirror_that_is_none_is_refused(mirror: FreeMirror, tmp_path: Path, value: str) -> None:
    message = error_of(TOOL, tmp_path / 'out', '--mirror', value)
    assert f'--mirror {value!r} is neither a folder nor an address' in message


def test_a_file_in_place_of_the_folder_is_refused(mirror: FreeMirror, tmp_path: Path) -> None:
    assert 'table.csv is not a folder' in error_of(
        TOOL, tmp_path / 'table.csv', '--mirror', mirror.folder
    )
