from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.utils.seeding import draw_index, sample_randomness


def draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.random()), float(torch.rand(()))


def draw_for(seed: int, epoch: int, index: int) -> tuple[float, float, float]:
    with sample_randomness(seed, epoch, index):
        return draw()


def states() -> list[Any]:
    name, keys, *rest = np.random.get_state()
    return [random.getstate(), name, keys.tolist(), rest, torch.get_rng_state().tolist()]


def test_all_three_generators_repeat_for_equal_arguments_whatever_ran_before() -> None:
    first = draw_for(1, 2, 3)
    draw()
    random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    assert draw_for(1, 2, 3) == first


@pytest.mark.parametrize('other', [(2, 2, 3), (1, 3, 3), (1, 2, 4), (2, 1, 3), (1, 3, 2)])
def test_each_argument_changes_all_three_generators(other: tuple[int, int, int]) -> None:
    assert all(a != b for a, b in zip(draw_for(1, 2, 3), draw_for(*other)))


def test_generators_of_the_caller_are_left_untouched() -> None:
    before = states()
    draw_for(1, 2, 3)
    assert states() == before


def test_generators_of_the_caller_are_left_untouched_by_an_error() -> None:
    def fail() -> None:
        with sample_randomness(1, 2, 3):
            draw()
            raise KeyError

    before = states()
    with pytest.raises(KeyError):
        fail()
    assert states() == before


@pytest.mark.parametrize('seed', [0, 2**32 - 1, 2**63 - 1])
def test_any_seed_of_64_bits_is_taken(seed: int) -> None:
    assert draw_for(seed, 0, 0) == draw_for(seed, 0, 0)


def test_drawn_index_repeats_and_does_not_touch_the_generators() -> None:
    before = states()
    assert draw_index(1, 2, 3, 1000) == draw_index(1, 2, 3, 1000)
    assert states() == before


def test_drawn_index_depends_on_seed_epoch_and_index() -> None:
    drawn = {draw_index(*key, 10**9) for key in [(1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4)]}
    assert len(drawn) == 4


def test_drawn_index_is_uniform() -> None:
    draws = [draw_index(0, epoch, index, 8) for epoch in range(4) for index in range(500)]
    counts = np.bincount(draws, minlength=8)
    assert len(counts) == 8
    chi_square = ((counts - 250) ** 2 / 250).sum()
    assert chi_square < 24.3  # exceeded by chance once in a thousand, with 7 degrees of freedom
