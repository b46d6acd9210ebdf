"""The wanted brightness, by a network that is curves and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import NetworkTraits
from mmenlighten.inference.curve_controls import MOST_TRIALS, SAMPLED_PIXELS, with_brightness
from mmenlighten.utils.srgb import luma_of

from .networks import Curves, random_picture

TRAITS = NetworkTraits(size_multiple=8, receptive_field_radius=8, thumbnail_size=4)


def make(judgement: float = 0.7, **options: Any) -> tuple[PhotoEnhancer, Curves]:
    network = Curves(judgement)
    return PhotoEnhancer(network, TRAITS, EnhanceOptions(**options), {}), network


def mean_luma(pixels: np.ndarray) -> float:
    white = np.iinfo(pixels.dtype).max if pixels.dtype.kind == 'u' else 1
    return float(luma_of(pixels / white).mean())


@pytest.mark.parametrize('brightness', [0.1, 0.4, 0.65])
@pytest.mark.parametrize(
    ('size', 'dtype'),
    [
        ((1, 1), np.float32),
        ((1, 150_000), np.uint8),
        ((66_000, 2), np.uint8),
        ((9, 41), np.uint16),
        ((400, 333), np.uint8),
        ((300, 300), np.float64),
    ],
)
def test_the_mean_of_the_result_is_the_wanted_one(
    size: tuple[int, int], dtype: type[np.generic], brightness: float
) -> None:
    dark = random_picture(*size, dtype) // 9 if dtype in (np.uint8, np.uint16) else None
    picture = random_picture(*size, dtype) / dtype(9) if dark is None else dark
    enhancer, network = make(1.7, brightness=brightness)
    grid = enhancer.prepare(picture)
    assert len(network.calls) <= 6
    assert max(np.prod(shape[2:]) for shape in network.calls) <= 10 * SAMPLED_PIXELS
    found = mean_luma(enhancer.enhance_pixels(picture, state=grid))
    assert found == pytest.approx(brightness, abs=0.015)


@pytest.mark.parametrize(
    ('level', 'brightness', 'judgement', 'exponent'),
    [
        (0, 0.5, 0.7, None),  # black stays black, and white white
        (255, 0.5, 0.7, None),
        (200, 0.1, 0.7, 0.0),  # as dark as it was
        (90, 0.0, 2.5, 0.0),
        (90, 0.0, -0.2, -0.7),  # a little darker than a network makes it that darkens
        (3, 1.0, 0.7, 2.7),  # three stops more than the network finds right
        (10, 0.7, 0.0, 2.0),
    ],
)
def test_what_curves_cannot_reach_is_approached_in_few_trials(
    level: int, brightness: float, judgement: float, exponent: float | None
) -> None:
    picture = np.full((20, 30, 3), level, np.uint8)
    enhancer, network = make(judgement, brightness=brightness)
    result = enhancer.enhance_pixels(picture)
    assert len(network.calls) <= 5
    if exponent is None:
        assert np.array_equal(result, picture)
    else:
        expected = 255 * (1 - (1 - level / 255) ** np.exp(exponent))
        assert np.abs(result - expected).max() < 1


@pytest.mark.parametrize('brightness', [0.75, 0.9, 1.0])
def test_at_the_upper_end_light_parts_are_not_lost(brightness: float) -> None:
    picture = random_picture(40, 50, np.uint8) // 2
    enhancer, _ = make(brightness=brightness)
    result = enhancer.enhance_pixels(picture)
    assert mean_luma(result) == pytest.approx(0.7, abs=0.015)
    assert result[picture < picture.max()].max() < 255


def test_steps_of_brightness_are_found_within_the_trials() -> None:
    # A picture of two levels: its mean rises in a wave, and hardly after it.
    picture = np.full((40, 40, 3), 1, np.uint8)
    picture[:18] = 60
    network = Curves()
    grid = network.prepare(np.zeros((1, 3, 4, 4)))
    for brightness in (0.13, 0.3, 0.42, 0.44, 0.46):
        network.calls.clear()
        found = with_brightness(network, TRAITS, picture, grid, brightness)
        assert len(network.calls) <= MOST_TRIALS
        enhancer, _ = make()
        result = enhancer.enhance_pixels(picture, state=found)
        assert mean_luma(result) == pytest.approx(brightness, abs=0.015)


def test_a_user_who_chooses_nothing_pays_nothing() -> None:
    enhancer, network = make(denoise=0.3, colour=0.5)
    enhancer.enhance_pixels(random_picture(30, 40, np.uint8))
    assert network.controls == [(0.3, 0.5)]


def test_pictures_of_a_batch_each_have_the_wanted_brightness() -> None:
    pictures = [random_picture(30, 40, np.uint8, seed) // (2 + 4 * seed) for seed in range(3)]
    enhancer, _ = make(brightness=0.35)
    for result in enhancer.enhance_together(pictures):
        assert mean_luma(result) == pytest.approx(0.35, abs=0.015)
