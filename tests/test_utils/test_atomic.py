from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten.utils.atomic import write_bytes, write_text

REPOSITORY = Path(__file__).resolve().parents[2]


def test_content_and_missing_folders_are_written(tmp_path: Path) -> None:
    write_bytes(tmp_path / 'a' / 'b' / 'file', memoryview(b'content'))
    assert (tmp_path / 'a' / 'b' / 'file').read_bytes() == b'content'
    assert os.listdir(tmp_path / 'a' / 'b') == ['file']


def test_text_is_utf8(tmp_path: Path) -> None:
    write_text(tmp_path / 'text', 'Größe\n')
    assert (tmp_path / 'text').read_bytes() == 'Größe\n'.encode()


@pytest.mark.parametrize('step', ['fsync', 'replace'])
def test_old_content_survives_an_error_and_no_rest_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / 'file'
    path.write_bytes(b'old')

    def fail(*args: object) -> None:
        raise OSError('No space left on device')

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match='No space'):
        write_bytes(path, b'new')
    assert path.read_bytes() == b'old'
    assert os.listdir(tmp_path) == ['file']


def test_content_reaches_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, 'fsync', lambda file: (steps.append('fsync'), fsync(file)))
    monkeypatch.setattr(os, 'replace', lambda a, b: (steps.append('replace'), replace(a, b)))
    write_bytes(tmp_path / 'file', b'content')
    assert steps == ['fsync', 'replace']


def test_kill_in_the_middle_leaves_the_old_file_and_a_hidden_rest(tmp_path: Path) -> None:
    path = tmp_path / 'epoch_1.pth'
    path.write_bytes(b'old')
    code = """
import os, sys
from mmenlighten.utils.atomic import write_bytes
os.replace = lambda source, target: os._exit(9)  # dies when the content is on the disk
write_bytes(sys.argv[1], b'new')
"""
    assert subprocess.run([sys.executable, '-c', code, str(path)], cwd=REPOSITORY).returncode == 9
    assert path.read_bytes() == b'old'
    assert list(tmp_path.glob('*.pth')) == [path]
    rest = [name for name in os.listdir(tmp_path) if name != path.name]
    assert [name[0] for name in rest] == ['.']
    write_bytes(path, b'new')
    assert os.listdir(tmp_path) == ['epoch_1.pth']


@pytest.mark.parametrize('name', ['[a]*?.pth', 'b.c-1'])
def test_only_what_a_dead_process_of_this_machine_left_of_this_file_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(socket, 'gethostname', lambda: 'host')
    dead = subprocess.Popen([sys.executable, '-c', ''])
    dead.wait()
    others = [
        f'.{name}.host-{os.getppid()}.tmp',  # of a running process
        f'.{name}.host-1-{dead.pid}.tmp',  # of another machine
        f'.other.host-{dead.pid}.tmp',  # of another file
        f'.{name}.host-x.tmp',  # of nobody
    ]
    for file in [*others, f'.{name}.host-{dead.pid}.tmp']:
        (tmp_path / file).touch()
    write_bytes(tmp_path / name, b'content')
    assert sorted(os.listdir(tmp_path)) == sorted([*others, name])


def test_temporary_names_can_be_in_a_folder_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / 'unfinished').mkdir()
    sources: list[Path] = []
    replace = os.replace
    monkeypatch.setattr(os, 'replace', lambda a, b: (sources.append(Path(a)), replace(a, b)))
    write_bytes(tmp_path / 'a' / 'file', b'content', tmp_path / 'unfinished')
    assert [source.parent for source in sources] == [tmp_path / 'unfinished']
    assert (tmp_path / 'a' / 'file').read_bytes() == b'content'
    assert not os.listdir(tmp_path / 'unfinished')
