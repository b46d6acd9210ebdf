"""Times of frames that are repeated, backward or missing are mended; others stay."""

from __future__ import annotations

import random

import pytest

from mmenlighten.video.frame_times import FrameTimes

EVEN = [40 * index for index in range(12)]


def mend(told: list[int | None], step: int = 40) -> FrameTimes:
    return FrameTimes.mend(told, [40] * len(told), step)


def changed(places: dict[int, int | None]) -> list[int | None]:
    return [places.get(index, time) for index, time in enumerate(EVEN)]


@pytest.mark.parametrize(
    ('told', 'times', 'mended'),
    [
        (EVEN, EVEN, 0),
        ([7, 8, 100, 101], [7, 8, 100, 101], 0),
        (changed({5: 160}), EVEN, 1),  # repeated
        (changed({5: 130}), EVEN, 1),  # backward
        (changed({5: None}), EVEN, 1),  # missing
        (changed({5: 10**12}), EVEN, 1),  # of another clock
        (changed({5: -(10**12)}), EVEN, 1),
        (changed({0: None, 1: None}), EVEN, 2),
        (changed({10: None, 11: None}), EVEN, 2),
        (changed({4: 200, 5: 160}), [*EVEN[:4], 200, 220, *EVEN[6:]], 1),  # exchanged
        ([0, 40, 80, 80, 120, 160], [0, 40, 80, 100, 120, 160], 1),  # clock set back by a frame
        ([0, 1, 2, 2, 3], [0, 1, 2, 3, 4], 2),  # no room between
        ([None] * 4, [0, 40, 80, 120], 4),
        ([5], [5], 0),
    ],
)
def test_times(told: list[int | None], times: list[int], mended: int) -> None:
    result = mend(told)
    assert (list(result.times), result.mended) == (times, mended)


def test_order_holds_for_anything() -> None:
    rng = random.Random(0)
    for _ in range(200):
        told = [
            rng.choice([None, 40 * index, rng.randrange(-100, 600)])
            for index in range(rng.randrange(1, 20))
        ]
        result = mend(told)
        times = list(result.times)
        assert times == sorted(set(times))
        assert result.mended == sum(a != b for a, b in zip(told, times))


def test_durations_are_those_of_mended_times() -> None:
    result = mend([0, 40, 80, 80, 120])
    assert list(result.times) == [0, 40, 80, 100, 120]
    assert list(result.durations) == [40, 40, 20, 20, 40]


@pytest.mark.parametrize(
    ('told', 'disorder', 'frame'),
    [
        (EVEN, 0, 0),
        (changed({5: 160}), 40, 6),
        (changed({5: 10**12}), 80, 6),  # it surely lies between its neighbours
        ([*EVEN, *EVEN], 440, 1),  # two videos, one after the other
        ([*EVEN, *[time - 10**6 for time in EVEN]], 440, 1),
    ],
)
def test_disorder_is_measured(told: list[int | None], disorder: int, frame: int) -> None:
    result = mend(told)
    assert abs(result.disorder - disorder) <= 80
    assert result.disorder_frame in (frame, 13)
