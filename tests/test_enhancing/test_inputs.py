"""Which photographs paths, patterns and folders name, and what is said of the rest."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mmenlighten.enhancing.folder_walk import FoundInputs
from mmenlighten.enhancing.inputs import PHOTO_ENDINGS, find_inputs, find_tasks
from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.sha256 import sha256_hex

IS_ROOT = hasattr(os, 'geteuid') and os.geteuid() == 0


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make(*names: str) -> None:
    """Makes files; ``a -> b`` is a link, and ``a =`` a result of an earlier run into ``out``."""
    for text in names:
        name, arrow, target = text.partition(' -> ')
        path = Path(name.removesuffix(' ='))
        path.parent.mkdir(parents=True, exist_ok=True)
        if arrow:
            path.symlink_to(target)
        else:
            path.touch()
        if text.endswith(' ='):
            out = Path(path.parts[0])
            Manifest(out).record_intent(
                path.relative_to(out), sha256_hex(b'photo'), sha256_hex(b'')
            )


def find(*inputs: str, out: str | None = 'out') -> FoundInputs:
    return find_inputs(inputs, None if out is None else Path(out))


def names(found: FoundInputs) -> list[str]:
    return [task.name.as_posix() for task in found.tasks]


def errors(found: FoundInputs) -> list[str]:
    return [outcome.message for outcome in found.refused]


def test_inputs_keep_structure_and_leave_out_results() -> None:
    make('a.png', 'b/c.JPG', 'b/.hidden.png', '.git/d.png', 'out/a.png =', 'b/notes.txt')
    assert names(find('.')) == ['a.png', 'b/c.JPG']
    assert names(find('b', 'a.png', 'a.png', './a.png')) == ['c.JPG', 'a.png']
    assert names(find('**/*.[pJ]*')) == ['a.png', 'b/c.JPG']
    assert names(find('out', 'b')) == ['c.JPG']
    with pytest.raises(UserError, match='holds the results'):
        find_tasks(['out'], Path('out'))
    assert names(find('b/notes.txt')) == ['notes.txt']  # named, so tried


@pytest.mark.parametrize(
    ('made', 'inputs', 'expected'),
    [
        (['p/real.jpg', 'p/alias.jpg -> real.jpg'], ['p'], ['alias.jpg', 'real.jpg']),
        (['p/real.jpg', 'alias.jpg -> p/real.jpg'], ['p', 'alias.jpg'], ['real.jpg', 'alias.jpg']),
        (['other/o.jpg', 'p/a.jpg', 'p/linked -> ../other'], ['p'], ['a.jpg', 'linked/o.jpg']),
        (['other/o.jpg', 'p -> other'], ['p'], ['o.jpg']),
        (['other/o.jpg', 'p/linked -> ../other'], ['p', 'other'], ['linked/o.jpg', 'o.jpg']),
        (['other/o.jpg', 'p/linked -> ../other'], ['p/*/*.jpg'], ['linked/o.jpg']),
        (['other/o.jpg', 'p/linked -> ../other'], ['p/**'], ['linked/o.jpg']),
        (['a/x.jpg', 'b/x.jpg -> ../a/x.jpg'], ['a/x.jpg', 'b/x.jpg'], ['x.jpg']),
        (['p/d/a.jpg', 'p/e -> d'], ['p/e', 'p/d'], ['a.jpg']),
    ],
)
def test_links_count_under_their_own_names(
    made: list[str], inputs: list[str], expected: list[str]
) -> None:
    make(*made)
    found = find(*inputs)
    assert names(found) == expected
    assert not errors(found)
    assert not found.notes


@pytest.mark.parametrize(
    ('made', 'inputs', 'expected', 'named'),
    [
        (['p/a.jpg', 'p/up -> ../p'], 'p', ['a.jpg'], 'p/up'),
        (['p/d/a.jpg', 'p/d/up -> ../..'], 'p/d', ['a.jpg', 'up/p/d/..'], ''),
        (['p/a.jpg', 'p/x -> .', 'p/y -> .'], 'p/**/*.jpg', ['a.jpg'], 'p/x, p/y'),
        (['p/z/a.jpg', 'p/b -> z'], 'p', ['z/a.jpg'], 'p/b'),
        (['p/d/a.jpg', 'q/c.jpg', 'p/1 -> ../q', 'p/2 -> ../q'], 'p', ['d/a.jpg', '1/c.jpg'],
         'p/2'),
        (['p/a.jpg', 'p/to_q -> ../q', 'q/b.jpg', 'q/to_p -> ../p'], 'p', ['a.jpg', 'to_q/b.jpg'],
         'p/to_q/to_p'),
    ],
)  # fmt: skip
def test_each_real_folder_is_entered_once_and_loops_end_with_a_note(
    made: list[str], inputs: str, expected: list[str], named: str
) -> None:
    make(*made)
    found = find(inputs)
    if named:
        assert names(found) == expected
        assert [note for note in found.notes if 'entered anyway' in note and named in note]
    else:
        assert names(found)[0] == expected[0]
        assert len(names(found)) == 1
    assert not errors(found)


@pytest.mark.parametrize(
    ('made', 'inputs', 'error', 'note'),
    [
        (['p/a.jpg', 'p/gone.jpg -> nowhere'], 'p', 'p/gone.jpg is a link to nowhere', ''),
        (['p/a.jpg', 'p/me.jpg -> me.jpg'], 'p', 'p/me.jpg is a link to me.jpg', ''),
        (['p/a.jpg', 'p/me.jpg -> me.jpg'], 'p/*', 'p/me.jpg is a link to me.jpg', ''),
        (['p/a.jpg', 'p/disk -> /no/such/disk'], 'p', '', 'p/disk'),
        (['p/a.jpg', 'p/me -> me'], 'p', '', 'p/me'),
        (['p/a.jpg', 'p/1 -> 2', 'p/2 -> 1'], 'p', '', 'p/1, p/2'),
    ],
)  # fmt: skip
def test_links_that_lead_nowhere_are_named_and_the_rest_is_done(
    made: list[str], inputs: str, error: str, note: str
) -> None:
    make(*made)
    found = find(inputs)
    assert names(found) == ['a.jpg']
    assert (len(errors(found)) == 1) == bool(error)
    assert error in ''.join(errors(found))
    assert note in ''.join(found.notes)
    assert bool(found.notes) == bool(note)


@pytest.mark.parametrize('name', ['me.jpg', 'gone.jpg'])
def test_a_broken_link_that_is_named_is_refused_by_name(name: str) -> None:
    make('me.jpg -> me.jpg', 'gone.jpg -> nowhere', 'a.jpg')
    found = find(name, 'a.jpg')
    assert names(found) == ['a.jpg']
    assert errors(found)[0].startswith(f'{name} is a link to ')


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Locks folders; for the administrator, whom no rights stop, by what the system would say."""

    def lock(name: str) -> None:
        os.chmod(name, 0)
        if not IS_ROOT:
            return
        scandir, stat, place = os.scandir, os.stat, os.path.realpath(name)

        def refuse(path: object) -> None:
            raise PermissionError(13, 'Permission denied', str(path))

        def guarded_scandir(path: str = '.') -> object:
            return refuse(path) if os.path.realpath(path) == place else scandir(path)

        def guarded_stat(path: str, **options: object) -> os.stat_result:
            if isinstance(path, str | Path) and str(Path(path).absolute()).startswith(f'{place}/'):
                refuse(path)
            return stat(path, **options)

        monkeypatch.setattr(os, 'scandir', guarded_scandir)
        monkeypatch.setattr(os, 'stat', guarded_stat)

    return lock


@pytest.mark.parametrize(
    ('inputs', 'expected', 'count'),
    [
        (['p'], ['ok/a.jpg'], 1),
        (['p/ok', 'p/locked'], ['a.jpg'], 1),
        (['p/*/*.jpg'], ['ok/a.jpg'], 1),
        (['p/**/*.jpg'], ['ok/a.jpg'], 1),
        (['p/locked/a.jpg', 'p/ok'], ['a.jpg'], 1),
        (['p/locked/*.jpg'], [], 1),
    ],
)
def test_locked_folders_are_named_and_the_rest_is_done(
    inputs: list[str], expected: list[str], count: int, locked: Callable[[str], None]
) -> None:
    make('p/ok/a.jpg', 'p/locked/a.jpg')
    locked('p/locked')
    try:
        found = find(*inputs)
    finally:
        os.chmod('p/locked', 0o700)
    assert names(found) == expected
    assert len(errors(found)) == count
    assert errors(found)[0].startswith('p/locked')
    assert errors(found)[0].endswith('cannot be read: Permission denied.')


@pytest.mark.parametrize(
    ('made', 'inputs', 'out', 'expected'),
    [
        (['p/a.jpg', '../ext.jpg'], ['p', '../ext.jpg'], '.', ['a.jpg', 'ext.jpg']),
        (['out/p/a.jpg'], ['out/p'], 'out', ['a.jpg']),
        (['out/p/a.jpg', 'out/a.jpg ='], ['out/p'], 'out', ['a.jpg']),  # the second run
        (['out/p/a.jpg', 'out/p/b.jpg ='], ['out/p'], 'out', ['a.jpg']),
        (['out/p/a.jpg', 'out/p/b.jpg ='], ['out/p/*'], 'out', ['a.jpg']),
        (['out/p/a.jpg'], ['out/p/a.jpg'], 'out', ['a.jpg']),
        (['p/a.jpg', 'out/s/r.jpg =', 'p/r.jpg -> ../out/s/r.jpg'], ['p'], 'out', ['a.jpg']),
        (['p/a.jpg', 'out/s/r.jpg =', 'p/l -> ../out/s'], ['p'], 'out', ['a.jpg']),
        (['p/a.jpg', 'p/out/a.jpg'], ['p'], 'p/out', ['a.jpg']),
    ],
)
def test_what_is_inside_the_folder_of_the_results_is_done_unless_it_is_a_result(
    tmp_path: Path, made: list[str], inputs: list[str], out: str, expected: list[str]
) -> None:
    make(*made)
    found = find(*inputs, out=out)
    assert names(found) == expected
    assert not errors(found)
    assert all('results of an earlier run' in note for note in found.notes)


def test_what_earlier_versions_made_is_a_result() -> None:
    make('out/s/r.jpg', 'out/s/r.jpg.compare.jpg', 'out/s/q.jpg.compare.jpg')
    entry = dict(photo=sha256_hex(b'photo'), result=sha256_hex(b''), recipe={})
    manifest = dict(version=1, results={'s/r.jpg': entry})
    Path('out/.mmenlighten.json').write_text(json.dumps(manifest))
    found = find('out/s/r.jpg', 'out/s/r.jpg.compare.jpg', 'out/s/q.jpg.compare.jpg')
    assert names(found) == ['q.jpg.compare.jpg']
    assert len(errors(found)) == 2


def test_a_photograph_in_the_place_of_a_result_is_no_result() -> None:
    make('out/s/r.jpg =', 'out/s/q.jpg =')
    Path('out/s/r.jpg').write_bytes(b'another one')
    found = find('out/s')
    assert names(found) == ['r.jpg']
    assert 'out/s/q.jpg' in found.notes[0]


@pytest.mark.parametrize(
    ('made', 'inputs', 'expected', 'words'),
    [
        (['out/s/r.jpg =', 'a.jpg'], ['out/s/r.jpg', 'a.jpg'], ['a.jpg'], 'r.jpg is the result'),
        (['out/s/r.jpg =', 'a.jpg'], ['out/s', 'a.jpg'], ['a.jpg'], 'out/s holds results'),
        (['out/s/r.jpg =', 'a.jpg'], ['out/s/*', 'a.jpg'], ['a.jpg'], 'out/s/* holds results'),
        (['out/mine.jpg', 'a.jpg'], ['out', 'a.jpg'], ['a.jpg'], 'such as out/mine.jpg'),
        (['out/r.jpg ='], ['out'], [], 'out holds the results'),
        (['l -> out', 'out/mine.jpg', 'a.jpg'], ['l', 'a.jpg'], ['a.jpg'], 'l is the folder'),
        (['p/.mmenlighten.json'], ['p/.mmenlighten.json'], [], 'is named as what'),
        (['p/.mmenlighten.jsonl'], ['p/.mmenlighten.jsonl'], [], 'is named as what'),
    ],
)  # fmt: skip
def test_results_are_never_taken_and_are_refused_by_name(
    made: list[str], inputs: list[str], expected: list[str], words: str
) -> None:
    make(*made)
    found = find(*inputs)
    assert names(found) == expected
    assert words in errors(found)[0]


@pytest.mark.parametrize(
    ('made', 'inputs', 'words'),
    [
        (['a.jpg'], ['a.jpg'], 'would replace a.jpg'),
        (['out/a.jpg', 'p/a.jpg -> ../out/a.jpg'], ['p'], 'would replace p/a.jpg'),
        (['p/a.jpg', 'out/a.jpg -> ../p/a.jpg'], ['p'], 'would replace p/a.jpg'),
        (['p/a.jpg', 'q/a.jpg'], ['p', 'q'], 'would both be written to'),
        (['p/a.jpg', 'q/a.jpg'], ['p/a.jpg', 'q/*'], 'would both be written to'),
    ],
)
def test_results_never_replace_what_is_read(made: list[str], inputs: list[str], words: str) -> None:
    make(*made)
    with pytest.raises(UserError, match=words):
        find(*inputs, out='.' if made == ['a.jpg'] else 'out')


def test_photographs_of_other_kinds_are_counted_and_named() -> None:
    kinds = ['a.PSD', 'b.jp2', 'c.exr', 'd.tga', 'e.xcf', 'f.fits', 'g/h.gif']
    make('p/a.jpg', 'p/b.jfif', 'p/notes.txt', 'p/.c.heic', *(f'p/{name}' for name in kinds))
    found = find('p')
    assert names(found) == ['a.jpg', 'b.jfif']
    assert not errors(found)
    (note,) = found.notes
    assert note.startswith('7 passed over (kinds that are not handled; export them as JPEG')
    assert note.endswith('p/a.PSD, p/b.jp2, p/c.exr, p/d.tga, p/e.xcf and 2 more.')

    make('q/a.psd')
    found = find('q')
    assert 'q holds no photographs' in errors(found)[0]
    assert 'q/a.psd' in found.notes[0]
    assert names(find('q/a.psd')) == ['a.psd']  # named, so tried


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    there: set[str] = set()
    is_there = property(lambda kind: kind.module in there)
    monkeypatch.setattr('mmenlighten.utils.optional_kinds.OptionalKind.is_installed', is_there)
    return there


def test_kinds_without_their_package_are_passed_over_with_what_to_type(packages: set[str]) -> None:
    make('p/a.heic', 'p/b.HIF', 'p/c.nef', 'p/d.jpg', 'p/e.avif', 'p/f.jxl')
    Path('p/apple').write_bytes(b'\0\0\0\x18ftypheic\0\0\0\0mif1heic')
    found = find('p')
    assert names(found) == ['d.jpg']
    assert not errors(found)
    assert found.notes == [
        '3 passed over (kinds that need a package: pip install "mmenlighten[heif]"): p/a.heic, '
        'p/apple, p/b.HIF.',
        '1 passed over (kinds that need a package: pip install "mmenlighten[raw]"): p/c.nef.',
        '1 passed over (kinds that need a package: pip install "pillow>=11.3"): p/e.avif.',
        '1 passed over (kinds that need a package: pip install pillow-jxl-plugin): p/f.jxl.',
    ]
    assert names(find('p/a.heic')) == ['a.jpg']  # named, so tried


def test_results_of_kinds_that_are_not_written_get_other_names(packages: set[str]) -> None:
    packages |= {'rawpy', 'pillow_heif'}
    make('p/a.heic', 'p/a.JPG', 'p/b.heic', 'p/b.jpg', 'p/b.nef', 'p/c.DNG', 'p/c.tif', 'p/c.jpg')
    assert names(find('p')) == [
        'a.JPG', 'a_heic.jpg', 'b_heic.jpg', 'b.jpg', 'b.tif', 'c_dng.tif', 'c.jpg', 'c.tif',
    ]  # fmt: skip
    found = find_inputs(['p/b.nef', 'p/b.heic'], Path('out'), suffix='_bright', format='jpeg')
    assert names(found) == ['b_bright.jpg', 'b_bright_heic.jpg']


def test_the_content_decides_where_a_name_has_no_ending(packages: set[str]) -> None:
    heads = {
        'p/4f2a': b'\xff\xd8\xff\xe0',
        'p/IMG_0001': b'\x89PNG\r\n\x1a\n',
        'p/clip': b'\0\0\0\x18ftypisom\0\0\0\0isomiso2',
        'p/apple': b'\0\0\0\x18ftypheic\0\0\0\0mif1heic',
        'p/LICENSE': b'Permission is hereby granted',
        'p/empty': b'',
    }
    for name, head in heads.items():
        make(name)
        Path(name).write_bytes(head)
    found = find('p')
    assert names(found) == ['4f2a', 'IMG_0001', 'clip']
    assert [note.rpartition(': ')[2] for note in found.notes] == ['p/apple.']
    assert [task.name.name for task in find_inputs(['p'], None, PHOTO_ENDINGS).tasks] == [
        '4f2a',
        'IMG_0001',
    ]


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    make('p/a.jpg', 'p/null.png -> /dev/null')
    os.mkfifo('p/pipe.jpg')
    os.mkfifo('p/other')
    with socket.socket(socket.AF_UNIX) as server:
        server.bind('p/socket.jpg')
    for inputs in ('p', 'p/*.[jp]*g'):
        found = find(inputs)
        assert names(found) == ['a.jpg']
        assert not errors(found)
        (note,) = found.notes
        assert note.startswith('3 passed over (pipes, sockets and devices')
    found = find('p/pipe.jpg', '/dev/null', 'p/a.jpg')
    assert names(found) == ['a.jpg']
    assert [error.split()[0] for error in errors(found)] == ['p/pipe.jpg', '/dev/null']


@pytest.mark.parametrize('text', ['', ' ', '\t\n', '\u3000', 'a\0b.jpg', '\ud800.jpg'])
def test_what_can_be_no_path_is_refused(text: str) -> None:
    make('a.jpg')
    for inputs in ([text], ['a.jpg', text]):
        with pytest.raises(UserError, match='is no path'):
            find(*inputs)


@pytest.mark.parametrize(
    ('inputs', 'words'),
    [
        ('no.jpg', 'no.jpg does not exist'),
        ('p/*.png', r'p/*.png holds no photographs'),
        ('no/**/*.png', r'no/**/*.png holds no photographs'),
        ('p/a.jpg/*.png', r'p/a.jpg/*.png holds no photographs'),
        ('p/empty', 'p/empty holds no photographs'),
        ('n' * 300 + '.jpg', 'File name too long'),
        ('n/' * 2100 + '.jpg', 'File name too long'),
        ('p/' + 'n' * 300 + '/*.jpg', 'File name too long'),
        ('~/no.jpg', '~/no.jpg does not exist'),
    ],
)
def test_what_leads_to_nothing_is_named_and_the_rest_is_done(inputs: str, words: str) -> None:
    make('p/a.jpg')
    Path('p/empty').mkdir()
    found = find(inputs, 'p/a.jpg')
    assert names(found) == ['a.jpg']
    assert words in errors(found)[0]


@pytest.mark.parametrize(
    'name',
    ['[a]*?.jpg', 'a\nb.jpg', 'a\x1b[31m.jpg', '~', '-', os.fsdecode(b'caf\xe9.jpg'), ' .jpg'],
)
@pytest.mark.parametrize('how', ['file', 'folder', 'pattern', 'in a folder'])
def test_odd_names_are_names(name: str, how: str) -> None:
    path = Path('p', name, 'x.jpg') if how == 'in a folder' else Path('p', f'{name}.jpg')
    make(str(path))
    inputs = {
        'file': str(path),
        'folder': 'p',
        'pattern': f'p/{name}/*' if how == 'in a folder' else 'p/*.jpg',
        'in a folder': f'p/{name}/*.jpg',
    }
    expected = 'x.jpg' if how == 'in a folder' else f'{name}.jpg'
    assert names(find(inputs[how])) == [expected]


@pytest.mark.parametrize(
    ('pattern', 'expected'),
    [
        ('p/*', ['p/a.jpg', 'p/b/c.jpg', 'p/b/d/e.jpg']),
        ('p/**', ['p/a.jpg', 'p/b/c.jpg', 'p/b/d/e.jpg']),
        ('p/**/e.jpg', ['p/b/d/e.jpg']),
        ('**/d/*.jpg', ['p/b/d/e.jpg']),
        ('p/**/**/c.jpg', ['p/b/c.jpg']),
        ('p/?/*.jpg', ['p/b/c.jpg']),
        ('p/.*/*.jpg', ['p/.h/f.jpg']),
        ('p/**/d', ['p/b/d/e.jpg']),
        ('./p/*.jpg', ['p/a.jpg']),
    ],
)
def test_patterns(pattern: str, expected: Sequence[str]) -> None:
    make('p/a.jpg', 'p/b/c.jpg', 'p/b/d/e.jpg', 'p/.h/f.jpg')
    found = find(pattern, out=None)
    assert [task.source.as_posix() for task in found.tasks] == expected
    assert not errors(found)


def test_the_list_alone_is_for_those_who_want_all_or_nothing() -> None:
    make('p/a.jpg', 'p/b.psd')
    with pytest.warns(UserWarning, match=r'1 passed over .*p/b\.psd'):
        assert len(find_tasks(['p'], None, PHOTO_ENDINGS)) == 1
    with pytest.raises(UserError, match='does not exist'):
        find_tasks(['p/a.jpg', 'no.jpg'], None)
