"""Reading, computing and writing at the same time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from mmenlighten.enhancing.pipeline import run_pipeline
from tests.waiting import PATIENCE


def test_reading_and_writing_go_on_while_computing() -> None:
    is_read, is_written = ([threading.Event() for _ in range(3)] for _ in range(2))

    def read(item: int) -> int:
        is_read[item].set()
        return item

    def compute(group: Sequence[int]) -> Sequence[int]:
        (item,) = group
        # One after the other, these would wait in vain.
        assert item == 2 or is_read[item + 1].wait(PATIENCE)
        assert item == 0 or is_written[item - 1].wait(PATIENCE)
        return group

    def write(item: int) -> int:
        is_written[item].set()
        return item

    assert list(run_pipeline(range(3), read, compute, write, lambda _: True)) == [0, 1, 2]


def test_large_photographs_are_alone_and_queues_are_bounded() -> None:
    lock, held, most = threading.Lock(), 0, [0]

    def read(item: int) -> int:
        nonlocal held
        with lock:
            held += 1
            most[0] = max(most[0], held)
        return item

    def write(item: int) -> int:
        nonlocal held
        time.sleep(0.002)
        with lock:
            held -= 1
        return item

    assert len(list(run_pipeline(range(20), read, lambda x: x, write, lambda _: False))) == 20
    assert most[0] == 1
    most[0] = 0
    assert len(list(run_pipeline(range(20), read, lambda x: x, write, lambda _: True))) == 20
    assert most[0] <= 6


@pytest.mark.parametrize('step', [0, 1, 2])
def test_what_a_step_raises_ends_all(step: int) -> None:
    def fail(item: int) -> int:
        if item == 3:
            raise ValueError('a bug')
        return item

    steps: list[Any] = [lambda item: item] * 3
    steps[step] = (lambda group: [fail(item) for item in group]) if step == 1 else fail
    done: list[int] = []
    with pytest.raises(ValueError, match='a bug'):
        done.extend(run_pipeline(range(100), *steps, lambda _: True))
    assert done == [0, 1, 2][: len(done)]
    assert not [t.name for t in threading.enumerate() if t.name.startswith(('read', 'write'))]


def test_neighbours_that_may_join_are_computed_together() -> None:
    groups: list[Sequence[int]] = []

    def compute(group: Sequence[int]) -> Sequence[int]:
        groups.append(group)
        return group

    items = [1, 3, 5, 7, 2, 4, 9, 0]
    written = run_pipeline(
        items,
        lambda item: item,
        compute,
        lambda item: item,
        lambda _: True,
        lambda first, other: first % 2 == other % 2,
        batch=3,
    )
    assert list(written) == items
    assert groups == [[1, 3, 5], [7], [2, 4], [9], [0]]


def test_what_is_alone_in_memory_joins_nothing() -> None:
    groups: list[Sequence[int]] = []

    def compute(group: Sequence[int]) -> Sequence[int]:
        groups.append(group)
        return group

    steps = (lambda item: item), compute, (lambda item: item), (lambda _: False)
    list(run_pipeline(range(3), *steps, lambda first, other: True, batch=2))
    assert groups == [[0], [1], [2]]
