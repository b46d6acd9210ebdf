"""Tests of mmenlighten.utils.host_memory."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten.utils.host_memory import VARIABLE, ask_for_huge_pages, keep_freed_memory


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


PAGES = """
import resource, torch
from mmenlighten.utils.host_memory import keep_freed_memory, return_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        torch.ones(2**22)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    return int(open('/proc/self/statm').read().split()[1])

assert keep_freed_memory()
for _ in range(8):  # until there is room for all
    faults()
kept, before = faults(), resident()
return_freed_memory()
given_back = before - resident()
print(kept, given_back, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != 'glibc', reason='glibc alone is asked')
def test_freed_memory_is_kept_and_given_back() -> None:
    environment = os.environ | {VARIABLE: '0'}
    result = subprocess.run(
        [sys.executable, '-c', PAGES], env=environment, capture_output=True, text=True, check=True
    )
    kept, given_back, afterwards = map(int, result.stdout.split())
    pages = 2**22 * 4 // resource.getpagesize()
    assert kept < pages
    assert given_back >= pages // 2
    assert afterwards >= pages  # of what may come from the heap again, some stays


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, 'CDLL', lambda name: object())  # without mallopt
    assert not keep_freed_memory()
