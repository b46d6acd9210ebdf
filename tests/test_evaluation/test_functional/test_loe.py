from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mmenlighten.evaluation.functional import loe_50, loe_npe
from mmenlighten.evaluation.functional.bicubic import resize
from mmenlighten.evaluation.functional.loe import lightness, mean_flips
from mmenlighten.utils.errors import DatasetError
from tests.test_evaluation.pictures import gamma_correction, noise, noisy

Measure = Callable[[np.ndarray, np.ndarray], float]


def slow_flips(before: np.ndarray, after: np.ndarray) -> float:
    """The definition, pair by pair."""
    one, other = before.ravel(), after.ravel()
    flips = (one[:, None] >= one[None]) != (other[:, None] >= other[None])
    return float(flips.sum(axis=1).mean())


def slow_local_maximum(image: np.ndarray) -> np.ndarray:
    """Maximum in 15x15 pixels of a mirrored picture, as in the authors' code."""
    padded = np.pad(image, 7, mode='reflect')
    windows = np.lib.stride_tricks.sliding_window_view(padded, (15, 15))
    return windows.max(axis=(2, 3))


@pytest.mark.parametrize('levels', [2, 17, 256])
def test_counts_are_those_of_all_pairs(levels: int) -> None:
    random = np.random.default_rng(levels)
    before, after = random.integers(0, levels, (2, 20, 30)).astype(np.uint8)
    assert mean_flips(before, after) == slow_flips(before, after)
    assert mean_flips(after, before) == slow_flips(after, before)


def test_of_a_few_samples_by_hand() -> None:
    # The first two change their order: each sees the other flipped, nobody else.
    assert mean_flips(np.array([1, 2, 9], np.uint8), np.array([2, 1, 9], np.uint8)) == 2 / 3
    # Two that become equal flip from the side of the darker one only.
    assert mean_flips(np.array([1, 2], np.uint8), np.array([5, 5], np.uint8)) == 1 / 2


@pytest.mark.parametrize(('size', 'samples'), [((120, 170), (60, 85)), ((57, 50), (57, 50))])
def test_npe_variant_is_the_definition(size: tuple[int, int], samples: tuple[int, int]) -> None:
    low, enhanced = noise(0, *size), noisy(noise(0, *size), 50)
    step = min(size) // 50
    before, after = (
        slow_local_maximum(image.max(axis=2))[step - 1 :: step, step - 1 :: step]
        for image in (low, enhanced)
    )
    assert before.shape == samples
    assert loe_npe(enhanced, low) == slow_flips(before, after)


@pytest.mark.parametrize(('size', 'samples'), [((120, 170), (50, 71)), ((170, 120), (71, 50))])
def test_50_variant_is_the_definition(size: tuple[int, int], samples: tuple[int, int]) -> None:
    low, enhanced = noise(0, *size), noisy(noise(0, *size), 50)
    before, after = (
        np.clip(np.rint(resize(image.max(axis=2), *samples)), 0, 255) for image in (low, enhanced)
    )
    assert loe_50(enhanced, low) == slow_flips(before, after)


@pytest.mark.parametrize('measure', [loe_npe, loe_50])
def test_same_picture_has_no_error(measure: Measure) -> None:
    assert measure(noise(0, 60, 80), noise(0, 60, 80)) == 0


def test_keeping_the_order_of_lightness_costs_nothing() -> None:
    low = noise(0, 60, 80) // 4  # dark, where the curve keeps all levels apart
    assert loe_npe(gamma_correction(low), low) == 0


def test_turning_the_order_around_flips_nearly_all() -> None:
    low = np.random.default_rng(0).integers(0, 256, (50, 50, 1), np.uint8).repeat(3, axis=2)
    assert loe_50(255 - low, low) > 0.98 * 2500


def test_lightness_is_the_largest_channel() -> None:
    assert np.array_equal(lightness(noise(0)), noise(0).max(axis=2))


@pytest.mark.parametrize('measure', [loe_npe, loe_50])
def test_refuses_other_sizes(measure: Measure) -> None:
    with pytest.raises(DatasetError, match='has 80x60 pixels and its input 81x60'):
        measure(noise(0, 60, 80), noise(0, 60, 81))


def test_npe_variant_refuses_pictures_with_too_few_samples() -> None:
    with pytest.raises(DatasetError, match='LOE needs pictures of at least 50x50 pixels'):
        loe_npe(noise(0, 49, 80), noise(0, 49, 80))
