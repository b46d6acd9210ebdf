"""What Windows does otherwise, as far as it can be played here."""

from __future__ import annotations

import ast
import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from mmenlighten.utils import atomic, journal, windows
from mmenlighten.utils.journal import Journal
from mmenlighten.utils.run_tool import run_tool
from tests.golden import REPOSITORY
from tests.waiting import PATIENCE


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, 'is_windows', lambda: True)


@pytest.mark.usefixtures('on_windows')
@pytest.mark.parametrize('times', [2, 99])
def test_a_file_that_somebody_reads_is_replaced_as_soon_as_that_ends(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, pauses, replace = times, [], os.replace

    def replace_later(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise PermissionError(13, 'Access is denied', str(source))
        replace(source, target)

    monkeypatch.setattr(os, 'replace', replace_later)
    monkeypatch.setattr(windows.time, 'sleep', pauses.append)
    (tmp_path / 'a').write_text('before')
    if times == 2:
        atomic.write_text(tmp_path / 'a', 'after')
        assert (tmp_path / 'a').read_text() == 'after'
        assert pauses == list(windows.PAUSES[:2])
    else:
        with pytest.raises(PermissionError):
            atomic.write_text(tmp_path / 'a', 'after')
        assert (tmp_path / 'a').read_text() == 'before'
    assert os.listdir(tmp_path) == ['a']


def test_elsewhere_rights_that_lack_are_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(13, 'Permission denied')

    monkeypatch.setattr(os, 'replace', refuse)
    monkeypatch.setattr(windows.time, 'sleep', lambda seconds: pytest.fail('waits'))
    with pytest.raises(PermissionError):
        atomic.write_text(tmp_path / 'a', 'after')


@pytest.mark.parametrize(
    ('handle', 'status', 'error', 'expected'),
    [(4, 259, 0, True), (4, 0, 0, False), (0, 0, 5, True), (0, 0, 87, False)],
)
def test_processes_are_asked_for_without_signals(
    handle: int, status: int, error: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []

    def tell(handle: int, place: object) -> None:
        place._obj.value = status  # type: ignore[attr-defined]

    kernel = SimpleNamespace(
        OpenProcess=lambda rights, inherit, process: handle,
        GetExitCodeProcess=tell,
        CloseHandle=closed.append,
    )
    monkeypatch.setattr(ctypes, 'WinDLL', lambda name, use_last_error: kernel, raising=False)
    monkeypatch.setattr(ctypes, 'get_last_error', lambda: error, raising=False)
    monkeypatch.setattr(os, 'kill', lambda *arguments: pytest.fail('Ctrl-C'))
    monkeypatch.setattr(atomic, 'is_windows', lambda: True)
    assert atomic._is_running(1234) is expected
    assert closed == [handle] * bool(handle)


@pytest.mark.usefixtures('on_windows')
def test_a_journal_is_locked_behind_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: dict[int, int] = {}

    def locking(file: int, action: int, length: int) -> None:
        assert (os.lseek(file, 0, os.SEEK_CUR), length) == (2**40, 1)
        if action == 'unlock':
            assert held.pop(os.fstat(file).st_ino) == file
        elif held.setdefault(os.fstat(file).st_ino, file) != file:
            raise PermissionError(13, 'Permission denied')

    fake = SimpleNamespace(LK_NBLCK='lock', LK_UNLCK='unlock', locking=locking)
    monkeypatch.setattr(journal, 'fcntl', None)
    monkeypatch.setattr(windows, 'msvcrt', fake)
    waited = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            held.clear()  # the other process is done

    monkeypatch.setattr(journal.time, 'sleep', wait)
    path = tmp_path / 'journal.jsonl'
    first = Journal(path, [dict(about='x')])
    first.append([dict(a=1)])
    assert not held
    held[path.stat().st_ino] = -1
    first.append([dict(a=2)])
    assert len(waited) == 3
    with first.locked() as (_, may_replace):
        assert held
        assert not may_replace
    first.close()
    assert [one.get('a') for one in Journal(path, []).read()] == [None, 1, 2]


@pytest.mark.parametrize(('system', 'equal'), [('linux', False), ('darwin', True), ('win32', True)])
def test_names_that_differ_in_case_are_one_file(
    system: str, equal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows.sys, 'platform', system)
    assert (windows.case_key('/p/photo.JPG') == windows.case_key('/p/Photo.jpg')) == equal


def test_words_are_quoted_for_the_shell_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert windows.shell_word("it's here") == "'it'\"'\"'s here'"
    monkeypatch.setattr(windows, 'is_windows', lambda: True)
    assert windows.shell_word('C:\\my runs\\a.pth') == '"C:\\my runs\\a.pth"'
    assert windows.shell_word('C:\\runs\\a.pth') == 'C:\\runs\\a.pth'


@pytest.mark.parametrize(
    ('error', 'status', 'said'),
    [
        (OSError(22, 'Invalid argument'), 141, ''),
        (OSError(22, 'Invalid argument', 'a"b'), 1, 'error: a"b is no name that Windows takes'),
    ],
)
def test_invalid_arguments_are_closed_pipes_or_names(
    error: OSError,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr('mmenlighten.utils.run_tool.is_windows', lambda: True)
    monkeypatch.setattr('mmenlighten.utils.run_tool.drop', lambda stream: None)

    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        run_tool(fail)
    assert end.value.code == status
    assert capsys.readouterr().err.startswith(said)


WITHOUT_POSIX = """
import os, signal, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ('fcntl', 'resource', 'pwd', 'grp', 'termios', 'pty', 'syslog', 'posix'):
            frame = sys._getframe()
            while 'importlib' in frame.f_code.co_filename or frame.f_code.co_name == 'find_spec':
                frame = frame.f_back
            if frame.f_globals.get('__name__', '').startswith('mmenlighten'):
                raise ModuleNotFoundError(f'No module named {name!r}', name=name)

sys.meta_path.insert(0, Absent())
from mmenlighten.cli.main import main
import onnxruntime, cv2, PIL.Image, subprocess, tempfile  # which may ask for what goes now
for name in ('fcntl', 'resource'):
    sys.modules.pop(name, None)
for name in ('getuid', 'geteuid', 'fork', 'sched_getaffinity', 'sysconf', 'getloadavg', 'mkfifo',
             'O_NOFOLLOW', 'O_NONBLOCK', 'killpg', 'setsid', 'uname', 'statvfs', 'chown'):
    delattr(os, name)
for name in ('SIGHUP', 'SIGKILL', 'SIGUSR1', 'pthread_sigmask'):
    delattr(signal, name)
main()
"""
"""Runs the command where our modules find what is POSIX's alone neither to import nor in ``os``."""


def test_photographs_are_enhanced_without_what_is_of_posix_alone(tmp_path: Path) -> None:
    name, options = '照片 é.png', ('--backend', 'onnxruntime')
    Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / name)
    for words in ('1 enhanced', '1 done before'):
        result = subprocess.run(
            [sys.executable, '-c', WITHOUT_POSIX, 'enhance', name, '--out', 'bright', *options],
            cwd=tmp_path,
            env=os.environ | dict(PYTHONPATH=str(REPOSITORY), PYTHONIOENCODING='cp1252'),
            capture_output=True,
            timeout=PATIENCE,
        )
        assert result.returncode == 0, result.stderr.decode('cp1252')
        assert words in result.stderr.decode('cp1252')
    assert (tmp_path / 'bright' / name).is_file()


@pytest.mark.parametrize('arguments', [('models',), ('doctor',), ('enhance', '照片.jpg')])
def test_terminals_of_another_encoding_are_written_to(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, '-m', 'mmenlighten', *arguments],
        cwd=tmp_path,
        env=os.environ | dict(PYTHONPATH=str(REPOSITORY), PYTHONIOENCODING='cp1252'),
        capture_output=True,
        timeout=PATIENCE,
    )
    text = (result.stdout + result.stderr).decode('cp1252')
    assert 'Traceback' not in text
    assert text.strip()


def test_text_is_read_and_written_in_a_named_encoding() -> None:
    """That of the system is cp1252 in much of Europe, and gbk in China."""
    found = []
    files = [*(REPOSITORY / 'mmenlighten').rglob('*.py'), *(REPOSITORY / 'tools').rglob('*.py')]
    for path in [*files, *(REPOSITORY / 'projects').rglob('*.py'), REPOSITORY / 'setup.py']:
        for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
            if isinstance(node, ast.Call) and _is_text_without_encoding(node):
                line = ast.unparse(node)
                if '/proc/' not in line and 'devnull' not in line:
                    found.append(f'{path.relative_to(REPOSITORY)}:{node.lineno}: {line}')
    assert not found


def _is_text_without_encoding(call: ast.Call) -> bool:
    options = {keyword.arg for keyword in call.keywords}
    if 'encoding' in options:
        return False
    if isinstance(call.func, ast.Name):
        mode = next((a.value for a in call.args[1:2] if isinstance(a, ast.Constant)), 'r')
        return call.func.id == 'open' and 'b' not in str(mode)
    name = getattr(call.func, 'attr', '')
    if name in ('run', 'Popen', 'check_output'):
        return bool({'text', 'universal_newlines'} & options)
    return name == 'read_text' and not call.args
