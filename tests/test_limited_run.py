from __future__ import annotations

import os
from pathlib import Path

import pytest

if not hasattr(os, 'fork'):
    pytest.skip('needs fork', allow_module_level=True)

from .limited_run import run_limited


def check(data: bytes) -> None:
    if data == b'wrong':
        raise ValueError('wrong value')
    if data == b'large':
        bytearray(600 << 20)[:: 1 << 12] = b'x' * (600 << 8)
    while data == b'endless':
        pass


def test_items_that_are_right_give_nothing(tmp_path: Path) -> None:
    assert run_limited(check, [b'a', b'b'], tmp_path) == []


def test_every_item_that_fails_is_told_and_left_as_a_file(tmp_path: Path) -> None:
    found = run_limited(check, [b'a', b'wrong', b'large', b'wrong', b'a'], tmp_path)
    assert [line.split(':')[0] for line in found] == [
        str(tmp_path / f'{number}.bin') for number in (1, 2, 3)
    ]
    assert 'ValueError: wrong value' in found[0]
    assert 'more than 512 MiB' in found[1]
    assert (tmp_path / '1.bin').read_bytes() == b'wrong'


def test_an_item_without_end_ends_the_child_and_is_told(tmp_path: Path) -> None:
    found = run_limited(check, [b'a', b'endless', b'a'], tmp_path, seconds=0.2)
    assert len(found) == 1
    assert 'process ended' in found[0]
    assert (tmp_path / '1.bin').read_bytes() == b'endless'
