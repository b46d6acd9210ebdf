from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmenlighten.datasets import RandomDarken
from mmenlighten.utils.errors import ConfigError
from tests.test_datasets.pictures import picture


def draw_times(number: int, **options: float) -> np.ndarray:
    transform, image = RandomDarken(**options), picture(1, 1)
    np.random.seed(0)
    return np.array([transform(dict(low=image))['darken_times'] for _ in range(number)])


def test_half_of_the_pictures_are_darkened_by_2_00_to_4_00_in_steps_of_0_01() -> None:
    times = draw_times(12_000)
    darkened = times[times != 1]
    assert abs(len(darkened) - 6000) < 4 * np.sqrt(12_000 / 4)
    steps = np.rint(darkened * 100)
    np.testing.assert_allclose(darkened * 100, steps, atol=1e-9)
    assert sorted(set(steps.astype(int))) == list(range(200, 401))
    counts = np.bincount(steps.astype(int))[200:]
    expected = len(darkened) / 201
    assert ((counts - expected) ** 2 / expected).sum() < 281.2  # by chance once in ten thousand


@pytest.mark.parametrize(('prob', 'share'), [(0.0, 0.0), (1.0, 1.0)])
def test_chance_may_be_never_or_always(prob: float, share: float) -> None:
    assert (draw_times(200, prob=prob) != 1).mean() == share


def test_other_range_of_divisors_includes_both_ends() -> None:
    assert sorted(set(draw_times(300, min_times=1.5, max_times=1.52, prob=1))) == [1.5, 1.51, 1.52]


def test_low_is_kept_and_darkened_is_not_rounded() -> None:
    image = picture()
    results = RandomDarken(min_times=3, max_times=3, prob=1)(dict(low=image.copy()))
    assert np.array_equal(results['low'], image)
    assert results['darkened'].dtype == np.float32
    np.testing.assert_allclose(results['darkened'] * 3, image, rtol=1e-6)


def test_picture_that_is_not_darkened_is_there_all_the_same() -> None:
    results = RandomDarken(prob=0)(dict(low=picture()))
    assert results['darken_times'] == 1
    assert results['darkened'].dtype == np.float32
    assert np.array_equal(results['darkened'], picture())


def test_deferred_hands_on_the_same_divisors_and_makes_no_picture() -> None:
    divisors = []
    for deferred in (False, True):
        np.random.seed(3)
        transform = RandomDarken(deferred=deferred)
        drawn = [transform(dict(low=picture(1, 1))) for _ in range(20)]
        divisors.append([results['darken_times'] for results in drawn])
        assert all(('darkened' in results) != deferred for results in drawn)
    assert [results['darken_later'] for results in drawn] == divisors[0] == divisors[1]


@pytest.mark.parametrize(
    ('options', 'name'),
    [
        (dict(min_times=0), 'min_times=0'),
        (dict(min_times=3, max_times=2), 'max_times=2'),
        (dict(prob=1.5), 'prob=1.5'),
        (dict(prob=-0.1), 'prob=-0.1'),
    ],
)
def test_arguments_out_of_range_are_named(options: dict[str, Any], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        RandomDarken(**options)


def test_representation_shows_the_arguments() -> None:
    shown = 'RandomDarken(min_times=2.0, max_times=4.0, prob=0.5, deferred=False)'
    assert repr(RandomDarken()) == shown
