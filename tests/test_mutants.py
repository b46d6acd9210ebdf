from __future__ import annotations

import random

import pytest

from .mutants import CHANGES, mutants

DATA = b'P5 640 480 255\n' + bytes(range(256)) + b'IHDRxxxxIDATyyyy'


def test_the_same_seed_gives_the_same_mutants_and_another_seed_others() -> None:
    assert list(mutants(DATA, 50, 1)) == list(mutants(DATA, 50, 1))
    assert list(mutants(DATA, 50, 1)) != list(mutants(DATA, 50, 2))
    assert list(mutants(DATA, 80, 1))[:50] == list(mutants(DATA, 50, 1))  # a longer run goes on


def test_mutants_differ_from_the_file_and_are_of_bounded_size() -> None:
    found = list(mutants(DATA, 300, 0))
    assert len(found) == 300
    assert len(set(found)) > 200
    assert sum(mutant == DATA for mutant in found) < 30
    assert max(map(len, found)) <= 4 * len(DATA) + 4096


@pytest.mark.parametrize('data', [b'a', b'12', b'\xff' * 10])
def test_the_smallest_files_have_mutants_too(data: bytes) -> None:
    assert len(list(mutants(data, 100, 0))) == 100


@pytest.mark.parametrize('change', dict.fromkeys(CHANGES), ids=lambda change: change.__name__)
def test_every_change_changes_something(change) -> None:
    results = set()
    for seed in range(20):
        data = bytearray(DATA)
        change(data, random.Random(seed))
        results.add(bytes(data))
    assert len(results - {DATA}) > 3
