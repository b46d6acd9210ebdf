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


HUGE = """
import torch, mmenlighten
maps = [torch.ones(2**24) for _ in range(4)]
size = asked = 0
for line in open('/proc/self/smaps'):
    if line.startswith('Size:'):
        size = int(line.split()[1])
    elif line.startswith('VmFlags:') and 'hg' in line.split():
        asked += size  # whether the system has huge pages left to give is its own affair
print(asked)
"""

SETTING = Path('/sys/kernel/mm/transparent_hugepage/enabled')


@pytest.mark.skipif(
    not SETTING.exists() or '[never]' in SETTING.read_text(),
    reason='this system has no huge pages to give',
)
def test_tensors_lie_in_huge_pages() -> None:
    """Also where torch was imported before the package."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    result = subprocess.run(
        [sys.executable, '-c', HUGE], env=environment, capture_output=True, text=True, check=True
    )
    assert int(result.stdout) >= 2**17  # KiB; half of what the maps take


KEPT = """
import torch
from mmenlighten.utils.host_memory import keep_freed_memory, return_freed_memory

def mapped():  # by the process, used or free
    return int(open('/proc/self/statm').read().split()[0])

def held():  # of that, what lies in memory or was moved out of it, in KiB
    lines = open('/proc/self/smaps_rollup').read().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(('Rss:', 'Swap:')))

def change(measure, what):
    before = measure()
    what()
    return measure() - before

def freed(size):
    tensors = [torch.ones(size)]
    return change(mapped, tensors.clear)

print(freed(2**22))
assert keep_freed_memory()
print(freed(2**22), change(held, return_freed_memory), freed(2**24))
"""


@pytest.mark.skipif(
    platform.libc_ver()[0] != 'glibc' or not Path('/proc/self/smaps_rollup').exists(),
    reason='glibc alone is asked, and Linux alone tells',
)
def test_freed_memory_is_kept_and_given_back() -> None:
    """By what the process holds: how often the system is asked depends on its free memory."""
    environment = os.environ | {VARIABLE: '0'}
    result = subprocess.run(
        [sys.executable, '-c', KEPT], env=environment, capture_output=True, text=True, check=True
    )
    at_first, kept, given_back, afterwards = map(int, result.stdout.split())
    pages = 2**22 * 4 // resource.getpagesize()
    assert at_first <= -pages
    assert kept == 0
    assert given_back <= -(2**22 * 4 // 1024) // 2
    assert afterwards <= -4 * pages  # it is larger than what the heap may still have


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, 'CDLL', lambda name: object())  # without mallopt
    assert not keep_freed_memory()
