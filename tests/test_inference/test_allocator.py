"""Freed memory goes back to the system."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from mmenlighten.inference import allocator

SCRIPT = """
import sys
import numpy as np
from mmenlighten.inference.allocator import give_back_freed_memory

MIB = 2**20
print(give_back_freed_memory(*map(bool, sys.argv[1:])))
np.ones(30 * MIB, np.uint8)  # from now on, glibc by itself would hold on to what is smaller
def resident():
    with open('/proc/self/status') as file:
        return next(int(line.split()[1]) for line in file if line.startswith('VmRSS')) / 1024
before = resident()
blocks = [np.ones(8 * MIB, np.uint8) for _ in range(10)]
last = blocks.pop()
print(resident() - before > 75)
blocks.clear()
print(resident() - before < 20)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='is about glibc')
@pytest.mark.parametrize(
    ('variables', 'answers'),
    [({}, ['True', 'True', 'True']), ({'MALLOC_TRIM_THRESHOLD_': '999999999'}, ['False', 'True'])],
)
def test_freed_blocks_are_given_back(variables: dict[str, str], answers: list[str]) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in allocator.VARIABLES} | variables
    result = subprocess.run(
        [sys.executable, '-c', SCRIPT], env=environment, capture_output=True, text=True
    )
    assert result.stdout.split()[: len(answers)] == answers, result.stderr


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='is about glibc')
def test_blocks_of_bands_are_kept() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in allocator.VARIABLES}
    command = [sys.executable, '-c', SCRIPT, 'bands']
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    is_done, _, is_given_back = result.stdout.split()
    assert (is_done, is_given_back) == ('True', 'False'), result.stderr


def test_nothing_happens_without_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, 'libc_ver', lambda: ('', ''))
    assert not allocator.give_back_freed_memory()
