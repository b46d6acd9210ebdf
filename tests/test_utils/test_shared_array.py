from __future__ import annotations

import copy
import pickle

import pytest
import torch
import torch.multiprocessing

from mmenlighten.utils.shared_array import SharedArray


def add_ten(array: SharedArray) -> None:
    array[0] += 10


def test_is_zero_at_first_and_sums_up() -> None:
    array = SharedArray(3)
    assert [array[0], array[1], array[2]] == [0, 0, 0]
    array[0], array[2] = 5, 2**40
    assert len(array) == 3
    assert array.sum() == 2**40 + 5


def test_sum_of_small_integers_does_not_overflow() -> None:
    array = SharedArray(300, torch.uint8)
    for index in range(300):
        array[index] = 1
    assert array.sum() == 300


def test_may_be_empty() -> None:
    assert SharedArray(0, torch.uint8).sum() == 0


def test_write_of_another_process_is_seen_and_later_writes_reach_the_next() -> None:
    array = SharedArray(1)
    context = torch.multiprocessing.get_context('fork')
    for expected in (10, 30):
        process = context.Process(target=add_ten, args=(array,))
        process.start()
        process.join()
        assert process.exitcode == 0
        assert array[0] == expected
        array[0] += 10


@pytest.mark.parametrize('duplicate', [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
def test_copy_has_memory_of_its_own(duplicate) -> None:
    array = SharedArray(2, torch.uint8)
    array[1] = 7
    other = duplicate(array)
    other[0] = 1
    assert [other[0], other[1]] == [1, 7]
    assert array[0] == 0
    assert other.values.dtype == torch.uint8


def test_deep_copy_is_shared_memory_again() -> None:
    assert copy.deepcopy(SharedArray(2)).values.is_shared()


def test_deep_copy_keeps_two_names_of_one_array_one() -> None:
    array = SharedArray(1)
    first, second = copy.deepcopy([array, array])
    assert first is second
