"""Lines that are only ever added, by several writers, with all that can happen to them."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from mmenlighten.utils import journal as module
from mmenlighten.utils.journal import Journal, decode, encode

HEAD = dict(about='a test')
LINES = [dict(name=f'{index}.jpg', value='ä' * index) for index in range(5)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'journal'


def written(path: Path) -> bytes:
    journal = Journal(path, [HEAD])
    for line in LINES:
        journal.append([line])
    journal.close()
    return path.read_bytes()


def read(path: Path) -> tuple[list[dict[str, Any]], int]:
    journal = Journal(path, [])
    return list(journal.read()), journal.damaged


def test_lines_come_back_and_later_ones_alone_the_next_time(path: Path) -> None:
    journal, reader = Journal(path, [HEAD]), Journal(path, [])
    assert list(reader.read()) == []
    journal.append(LINES[:2])
    assert list(reader.read()) == [HEAD, *LINES[:2]]
    journal.append(LINES[2:])
    assert list(reader.read()) == LINES[2:]
    assert list(reader.read()) == []
    assert all(decode(encode(line)) == line for line in LINES)


def test_names_that_are_no_text_come_back(path: Path) -> None:
    line = dict(name=os.fsdecode(b'\xff\n\x00\xe2\x80\xa8.jpg'))
    Journal(path, []).append([line])
    assert read(path) == ([line], 0)


def test_a_line_costs_the_same_however_many_there_are(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = dict(write=0, read=0)
    write, read = os.write, os.read

    def counted_write(file: int, data: bytes) -> int:
        counts['write'] += len(data)
        return write(file, data)

    def counted_read(file: int, size: int) -> bytes:
        counts['read'] += size
        return read(file, size)

    monkeypatch.setattr(os, 'write', counted_write)
    monkeypatch.setattr(os, 'read', counted_read)
    monkeypatch.setattr(os, 'fsync', lambda file: None)
    journal = Journal(path, [])
    costs = set()
    for _ in range(500):
        counts.update(write=0, read=0)
        journal.append([dict(name='a')])
        costs.add((counts['write'], counts['read'] <= 1))
    assert costs == {(len(encode(dict(name='a'))), True)}


def test_wherever_a_line_is_cut_the_others_stay(path: Path) -> None:
    data = written(path)
    start = data.rstrip().rindex(b'\n') + 1
    for end in range(start, len(data)):
        path.write_bytes(data[:end])
        assert read(path) == ([HEAD, *LINES[:-1]], 0)
        journal = Journal(path, [])
        journal.append([dict(name='next')])
        journal.close()
        # The cut line may be whole but for its end, which is then given back to it.
        assert read(path)[0] in (
            [HEAD, *LINES[:-1], dict(name='next')],
            [HEAD, *LINES, dict(name='next')],
        )


def test_wherever_a_byte_changes_one_line_is_lost_and_counted(path: Path) -> None:
    data = written(path)
    lines = data.splitlines(keepends=True)
    begin = sum(map(len, lines[:3]))
    for place in range(begin, begin + len(lines[3]) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(changed)
        kept, damaged = read(path)
        assert kept == [HEAD, *LINES[:2], *LINES[3:]]
        assert damaged <= 2  # or what is left of it looks like one that was cut


@pytest.mark.parametrize(
    'garbage',
    [
        b'\x00' * 300_000,
        bytes(range(256)) * 1000,
        b'[' * 200_000,
        b'\n' * 1000,
        b'{"results": {"a.jpg": 5}}\n',
        encode(LINES[0])[:-1] + encode(LINES[1]),
    ],
    ids=['zeros', 'bytes', 'nesting', 'empty lines', 'another kind', 'merged lines'],
)
@pytest.mark.parametrize('place', ['before', 'after'])
def test_garbage_costs_no_line(path: Path, garbage: bytes, place: str) -> None:
    data = written(path)
    path.write_bytes(garbage + b'\n' + data if place == 'before' else data + garbage)
    assert read(path)[0] == [HEAD, *LINES]
    journal = Journal(path, [])
    journal.append([dict(name='next')])
    assert read(path)[0] == [HEAD, *LINES, dict(name='next')]


def test_several_writers_lose_nothing_though_one_writes_the_file_anew(path: Path) -> None:
    count, rounds = 40, 5
    begin = threading.Barrier(4)

    def add(writer: int) -> None:
        journal = Journal(path, [HEAD])
        begin.wait()
        for index in range(count):
            journal.append([dict(writer=writer, index=index)])
        journal.close()

    def replace() -> None:
        journal = Journal(path, [HEAD])
        begin.wait()
        for _ in range(rounds):
            with journal.locked() as (_, is_alone):
                assert is_alone
                journal.replace(read(path)[0])
        journal.close()

    threads = [threading.Thread(target=add, args=(writer,)) for writer in range(3)]
    threads.append(threading.Thread(target=replace))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines, damaged = read(path)
    assert damaged == 0
    for writer in range(3):
        own = [line['index'] for line in lines if line.get('writer') == writer]
        assert own == list(range(count))
    assert sorted(os.listdir(path.parent)) == [path.name]


def test_a_file_that_was_replaced_or_removed_is_read_and_begun_anew(path: Path) -> None:
    journal = Journal(path, [HEAD])
    journal.append(LINES)
    assert len(list(journal.read())) == 6
    with journal.locked():
        journal.replace(LINES[:1])
    assert list(journal.read()) == LINES[:1]
    path.unlink()
    journal.append(LINES[1:2])
    assert list(journal.read()) == [HEAD, LINES[1]]


def test_a_full_disk_costs_the_line_that_it_met(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path)
    write = os.write
    left = [7]

    def full(file: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, 'No space left on device')
        part, left[0] = left[0], 0
        return write(file, data[:part])

    journal = Journal(path, [])
    monkeypatch.setattr(os, 'write', full)
    with pytest.raises(OSError, match='No space'):
        journal.append([dict(name='lost')])
    monkeypatch.setattr(os, 'write', write)
    journal.append([dict(name='next')])
    assert read(path) == ([HEAD, *LINES, dict(name='next')], 0)


def test_without_locks_lines_are_added_and_the_file_is_not_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(file: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr(module.fcntl, 'flock', no_locks)
    written(path)
    with Journal(path, []).locked() as (_, is_alone):
        assert not is_alone
    assert read(path) == ([HEAD, *LINES], 0)


def test_a_lock_that_is_never_given_back_is_not_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, 'PAUSE', 0)
    holder = Journal(path, [])
    with holder.locked():
        other = Journal(path, [])
        other.append([dict(name='a')])
    assert read(path) == ([dict(name='a')], 0)


@pytest.mark.parametrize('kind', ['folder', 'link', 'pipe'])
def test_what_is_no_file_is_neither_read_nor_written(path: Path, kind: str, tmp_path: Path) -> None:
    other = tmp_path / 'other'
    other.write_bytes(b'mine')
    if kind == 'folder':
        path.mkdir()
    elif kind == 'link':
        path.symlink_to(other)
    else:
        os.mkfifo(path)
    with pytest.raises(OSError, match=r'regular|links|directory'):
        list(Journal(path, []).read())
    with pytest.raises(OSError, match=r'regular|links|directory'):
        Journal(path, []).append([dict(name='a')])
    assert other.read_bytes() == b'mine'
