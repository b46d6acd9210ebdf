"""Standard streams that are closed, broken or of another encoding, as each command meets them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils import standard_streams
from mmenlighten.utils.standard_streams import is_closed, one_line, say
from tests.golden import REPOSITORY

COMMAND = f'exec {sys.executable} -m mmenlighten'
PHOTO = 'a.png --out out --backend onnxruntime --model bilateral_curves_s'


def shell(line: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {'OMP_NUM_THREADS': '1'} | variables
    return subprocess.run(['bash', '-c', line], cwd=cwd, env=environment, capture_output=True)


@pytest.mark.parametrize(
    ('line', 'status', 'words'),
    [
        ('models >&-', 1, 'error: Standard output is closed'),
        ('models >&- <&-', 1, 'error: Standard output is closed'),
        ('models 2>&-', 0, ''),
        ('models no_such_model 2>&-', 1, ''),
        ('models >/dev/full', 1, 'No space left on device'),
        ('enhance - <&- >/dev/null', 1, 'error: Standard input cannot be read'),
        ('enhance - <a.png >&-', 1, 'error: Standard output is closed'),
        (f'enhance {PHOTO} >&- 2>&- <&-', 0, ''),
        ('enhance no.png --out out >&- 2>&-', 1, ''),
        ('enhance 2>&-', 2, ''),
        ('export 2>&- >&-', 2, ''),
    ],
)
def test_closed_streams(line: str, status: int, words: str, tmp_path: Path) -> None:
    write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), tmp_path / 'a.png')
    before = (tmp_path / 'a.png').read_bytes()
    result = shell(f'{COMMAND} {line}', tmp_path)
    assert result.returncode == status, result.stderr
    assert b'Traceback' not in result.stderr
    assert b'Exception ignored' not in result.stderr
    assert result.stderr.decode().startswith('error: ' if words else '')
    assert words in result.stderr.decode()
    assert (tmp_path / 'a.png').read_bytes() == before
    if status == 0 and 'enhance' in line:
        assert (tmp_path / 'out' / 'a.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(
    ('line', 'errors_too', 'status'),
    [
        ('models', False, 141),
        ('models', True, 141),
        ('doctor no_such_option', True, 2),
        (f'enhance {PHOTO}', True, 0),  # the work goes on
        ('enhance no.png --out out', True, 1),
    ],
)
def test_readers_that_have_gone(line: str, errors_too: bool, status: int, tmp_path: Path) -> None:
    write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), tmp_path / 'a.png')
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, '-m', 'mmenlighten', *line.split()],
        cwd=tmp_path,
        stdout=writer,
        stderr=writer if errors_too else subprocess.PIPE,
    )
    os.close(writer)
    assert result.returncode == status
    assert not result.stderr


@pytest.mark.parametrize(
    'variables',
    [
        dict(PYTHONIOENCODING='ascii'),
        dict(LC_ALL='C', PYTHONCOERCECLOCALE='0', PYTHONUTF8='0'),
        dict(LC_ALL='C'),
    ],
)
def test_names_that_a_stream_cannot_encode(variables: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / 'größe'
    folder.mkdir()
    (folder / os.fsdecode(b'caf\xe9.png')).write_bytes(b'no picture')
    write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), folder / '夜.png')
    line = f'{COMMAND} enhance größe --out größe/out {PHOTO.partition("--out out ")[2]}'
    result = shell(line, tmp_path, **variables)
    assert result.returncode == 1
    assert b'Traceback' not in result.stderr
    assert b'1 enhanced; 1 failed; ' in result.stderr
    assert (folder / 'out' / '夜.png').is_file()


def test_a_message_is_one_line_and_is_lost_rather_than_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, 'stderr', errors)
    say('a\nb\x1b[31m\u202egpj.\x85 größe 夜')
    assert errors.getvalue() == 'a\\nb\\x1b[31m\\u202egpj.\\x85 größe 夜\n'
    assert one_line('plain text: "quoted" \\ 100 %') == 'plain text: "quoted" \\ 100 %'
    errors.close()
    say('lost')
    monkeypatch.setattr(sys, 'stderr', None)
    say('lost')


def test_what_is_closed_is_known_before_it_is_written_to(tmp_path: Path) -> None:
    assert not is_closed(io.StringIO())
    with open(tmp_path / 'file', 'w') as file:
        assert not is_closed(file)
    with open(tmp_path / 'file') as file:
        assert is_closed(file)
    standard_streams.drop(io.StringIO())


@pytest.mark.parametrize(('needs_output', 'status'), [(True, 1), (False, 0)])
def test_a_tool_whose_results_are_files_needs_no_output(
    needs_output: bool, status: int, tmp_path: Path
) -> None:
    code = (
        'from mmenlighten.utils.run_tool import run_tool\n'
        'def main():\n'
        '    with open("result", "w") as file:\n'
        '        print("told", flush=True)\n'
        '        file.write("content")\n'
        f'run_tool(main, needs_output={needs_output})\n'
    )
    (tmp_path / 'tool.py').write_text(code)
    result = shell(f'exec {sys.executable} tool.py >&-', tmp_path, PYTHONPATH=str(REPOSITORY))
    assert result.returncode == status
    assert (b'Standard output is closed' in result.stderr) == needs_output
    assert (tmp_path / 'result').read_text() == ('' if needs_output else 'content')
