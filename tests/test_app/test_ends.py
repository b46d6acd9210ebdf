"""However the server ends, nothing of visitors is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten.app.serve import ending_by, interrupt

from .served_page import ServedPage

pytestmark = pytest.mark.skipif(not hasattr(signal, 'SIGHUP'), reason='no signals of POSIX')

KILLED = """
import os, signal
from mmenlighten.app.server_folder import server_folder
with server_folder() as folder:
    (folder / 'photo.jpg').write_bytes(b'private')
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_closed_terminal_ends_it_and_what_a_kill_left_is_removed(tmp_path: Path) -> None:
    pytest.importorskip('gradio')
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        pytest.skip('these tests run with nohup')
    variables = os.environ | {'TMPDIR': str(tmp_path)}
    subprocess.run([sys.executable, '-c', KILLED], env=variables, check=False)
    (left,) = tmp_path.iterdir()
    page = ServedPage(tmp_path, '--device', 'cpu')
    (own,) = tmp_path.iterdir()
    assert own != left
    page.process.send_signal(signal.SIGHUP)
    assert page.end() == 0
    assert list(tmp_path.iterdir()) == []
    assert not any('Traceback' in line for line in page.lines)


@pytest.mark.parametrize('name', ['SIGTERM', 'SIGHUP'])
def test_signals_interrupt_and_nohup_is_heeded(name: str) -> None:
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)
    with ending_by(interrupt), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    assert signal.getsignal(number) == signal.SIG_DFL
    signal.signal(number, signal.SIG_IGN)
    try:
        with ending_by(interrupt):
            signal.raise_signal(number)
        assert signal.getsignal(number) == signal.SIG_IGN
    finally:
        signal.signal(number, before)
