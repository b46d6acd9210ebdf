"""Bare pixels within a budget, alone and together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import NetworkTraits
from mmenlighten.utils.errors import UserError
from tests.test_inference.networks import random_picture

TRAITS = NetworkTraits(size_multiple=8, receptive_field_radius=8, bytes_per_pixel=1000)


class Brighter:
    """A network that remembers what it is given."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.shapes.append(images.shape)
        return images + np.float32(0.5)


def make(network: Any, **options: Any) -> PhotoEnhancer:
    return PhotoEnhancer(network, TRAITS, EnhanceOptions(**options), {})


def pictures(count: int) -> list[np.ndarray]:
    return [random_picture(30, 40, np.uint8, seed) for seed in range(count)]


@pytest.mark.parametrize(
    ('memory', 'calls'),
    [
        (2**30, [5]),
        (4_000_000, [2, 2, 1]),  # a picture takes 1.5 MB
        (1_700_000, [1, 1, 1, 1, 1]),
    ],
)
def test_as_many_are_enhanced_together_as_memory_allows(memory: int, calls: list[int]) -> None:
    network = Brighter()
    enhancer = make(network, memory=memory)
    together = enhancer.enhance_together(pictures(5))
    assert [shape[0] for shape in network.shapes] == calls
    alone = [enhancer.enhance_pixels(picture) for picture in pictures(5)]
    np.testing.assert_array_equal(together, alone)


def test_processes_of_one_machine_share_its_memory_unless_a_user_chose() -> None:
    enhancer = make(Brighter())
    enhancer.share_machine(1000)
    assert enhancer.budget == enhancer.photo_budget < 2**30
    chosen = make(Brighter(), memory=2**28)
    chosen.share_machine(1000)
    assert chosen.budget == chosen.photo_budget == 2**28
    with_card = PhotoEnhancer(Brighter(), TRAITS, EnhanceOptions(), {}, free_vram=2**30)
    budget = with_card.budget
    with_card.share_machine(1000)
    assert with_card.budget == budget
    assert with_card.photo_budget < 2**30


def test_pictures_that_need_tiles_are_not_put_together() -> None:
    network = Brighter()
    make(network, tile=24).enhance_together(pictures(2))
    assert {shape[0] for shape in network.shapes} == {1}
    assert len(network.shapes) > 2


def test_results_are_at_the_strength() -> None:
    picture = pictures(1)[0]
    (half,) = make(Brighter(), strength=0.5).enhance_together([picture])
    full = make(Brighter()).enhance(picture)
    assert half is not None
    assert full is not None
    assert picture.mean() < half.mean() < full.mean()
    np.testing.assert_array_equal(half, make(Brighter(), strength=0.5).enhance(picture))


def test_well_lit_pictures_stay_as_they_are_if_only_dark_ones_are_wanted() -> None:
    dark, bright = np.zeros((30, 40, 3), np.uint8), np.full((30, 40, 3), 200, np.uint8)
    enhancer = make(Brighter(), only_dark=True)
    assert enhancer.enhance(bright) is None
    first, second, third = enhancer.enhance_together([dark, bright, dark])
    assert second is None
    for result in (first, third, enhancer.enhance(dark)):
        np.testing.assert_array_equal(result, make(Brighter()).enhance(dark))
    assert make(Brighter()).enhance(bright) is not None


@pytest.mark.parametrize('error', [MemoryError(), RuntimeError('CUDA out of memory')])
def test_scarce_memory_is_told_in_a_sentence(error: Exception) -> None:
    def network(images: np.ndarray) -> np.ndarray:
        raise error

    with pytest.raises(UserError, match='not enough memory'):
        make(network).enhance_pixels(pictures(1)[0])
    with pytest.raises(UserError, match='not enough memory'):
        make(network).enhance_together(pictures(2))


def test_networks_are_told_to_release_memory_if_they_keep_any() -> None:
    make(Brighter()).release_memory()  # keeps none
    network, told = Brighter(), []
    network.release_memory = lambda: told.append(True)  # type: ignore[attr-defined]
    make(network).release_memory()
    assert told == [True]
