"""Tests of mmenlighten.utils.host_memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten.utils.host_memory import VARIABLE, ask_for_huge_pages


def test_what_a_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, '0')
    ask_for_huge_pages()
    assert os.environ[VARIABLE] == '0'


SETTING = Path('/sys/kernel/mm/transparent_hugepage/enabled')


@pytest.mark.skipif(
    not SETTING.exists() or '[never]' in SETTING.read_text(),
    reason='this system has no huge pages to give',
)
def test_tensors_lie_in_huge_pages() -> None:
    """Also where torch was imported before the package."""
    code = (
        'import torch, mmenlighten\n'
        'maps = [torch.ones(2**24) for _ in range(4)]\n'
        "print(sum(int(line.split()[1]) for line in open('/proc/self/smaps')"
        " if line.startswith('AnonHugePages')))"
    )
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    result = subprocess.run(
        [sys.executable, '-c', code], env=environment, capture_output=True, text=True, check=True
    )
    assert int(result.stdout) >= 2**17  # KiB; half of what the maps take
