"""Addresses, and what cannot be served; the rest is tested in a browser."""

from __future__ import annotations

import builtins
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmenlighten.app import EnhanceService
from mmenlighten.app.host_names import is_loopback
from mmenlighten.app.serve import serve
from mmenlighten.app.server_folder import make_folder
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from tests.test_cli.commands import run_here, run_process

from .toys import Builder, lift, make_service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[EnhanceService]:
    made = make_service(tmp_path / 'shop', Builder(lift=lift))
    yield made
    made.close()


@pytest.mark.parametrize(
    ('host', 'expected'),
    [
        ('127.0.0.1', True),
        ('127.8.8.8', True),
        ('::1', True),
        ('localhost', True),
        ('0.0.0.0', False),
        ('::', False),
        ('192.168.1.7', False),
        ('example.org', False),
        ('localhost.example.org', False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_the_folder_is_for_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
    folder = make_folder()
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_busy_port_is_told(service: EnhanceService) -> None:
    pytest.importorskip('gradio')
    with socket.socket() as busy:
        busy.bind(('127.0.0.1', 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(UserError, match=f'http://127.0.0.1:{port}/ .* choose another port'):
            serve(service, '127.0.0.1', port, False)


@pytest.mark.parametrize(
    ('host', 'port', 'words'),
    [('127.0.0.1', 70000, 'port=70000'), ('no such host', 0, 'host=no such host')],
)
def test_what_is_no_address_is_told(
    service: EnhanceService, host: str, port: int, words: str
) -> None:
    pytest.importorskip('gradio')
    with pytest.raises(ConfigError, match=words):
        serve(service, host, port, False)


def test_a_model_that_cannot_be_built_is_told_before_the_page_is_there(tmp_path: Path) -> None:
    pytest.importorskip('gradio')
    with pytest.raises(CheckpointError, match=r'broken\.pth'):
        serve(make_service(tmp_path / 'shop', Builder()), '127.0.0.1', 0, False)


def test_without_gradio_it_says_how_to_get_it(
    service: EnhanceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == 'gradio':
            raise ModuleNotFoundError("No module named 'gradio'", name='gradio')
        return real(name, *args)

    monkeypatch.setattr(builtins, '__import__', without)
    with pytest.raises(UserError, match=r'pip install "mmenlighten\[app\]"'):
        serve(service, '127.0.0.1', 0, False)


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (('--max-megapixels', '0'), 'is no size'),
        (
            ('--allow-host', 'http://photos.example.org'),
            '--allow-host http://photos.example.org is',
        ),
        (('--memory', 'much'), "--memory 'much' is not an amount of memory"),
        (('--model', 'no_such_model'), 'There is no model no_such_model'),
        (('--config', 'no.py', '--checkpoint', 'no.pth'), 'no.pth does not exist'),
    ],
)
def test_the_command_tells_what_cannot_work(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip('gradio')
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
    result = run_here('app', '--port', '0', '--no-browser', *arguments)
    assert result.status == 1
    (error,) = [line for line in result.errors.splitlines() if line.startswith('error: ')]
    assert words in error
    assert list(tmp_path.iterdir()) == []


def test_the_logic_needs_neither_gradio_nor_torch(tmp_path: Path) -> None:
    for name in ('gradio', 'torch', 'mmengine'):
        (tmp_path / f'{name}.py').write_text("raise ImportError('not wanted')")
    (tmp_path / 'sitecustomize.py').write_text('import mmenlighten.app, mmenlighten.app.serve')
    result = run_process('app', '--help', PYTHONPATH=str(tmp_path))
    assert result.returncode == 0
    assert b'not wanted' not in result.stderr
    assert b'--max-megapixels' in result.stdout
