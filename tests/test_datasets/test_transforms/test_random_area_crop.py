from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.datasets import RandomAreaCrop
from mmenlighten.utils.errors import ConfigError


def crop(image: np.ndarray, seed: int, size: int = 16) -> np.ndarray:
    np.random.seed(seed)
    return RandomAreaCrop(size)(dict(normal=image))['normal']


@pytest.mark.parametrize('shape', [(64, 90), (16, 16), (10, 200)])
def test_size_and_type(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for seed in range(10):
        result = crop(image, seed)
        assert result.shape == (16, 16, 3)
        assert result.dtype == np.uint8
        assert result.flags.c_contiguous
    assert np.array_equal(crop(image, 1), crop(image, 1))


def test_sides_reach_from_pixels_to_the_whole() -> None:
    columns = np.arange(256, dtype=np.uint8)
    image = np.repeat(np.tile(columns, (256, 1))[..., None], 3, axis=2)
    spans = [int(np.ptp(crop(image, seed).astype(int), axis=(0, 1)).max()) for seed in range(80)]
    assert min(spans) < 25  # 16 columns as they are
    assert max(spans) > 200  # nearly all of them


def test_dark_squares_are_mostly_drawn_again() -> None:
    image = np.random.default_rng(0).integers(60, 200, (64, 64, 3)).astype(np.uint8)
    image[:, :32] = 0
    means = [crop(image, seed, size=8).mean() for seed in range(100)]
    assert np.mean(np.less(means, 30)) < 0.2


def test_a_wrong_size_is_named() -> None:
    with pytest.raises(ConfigError, match='size=0'):
        RandomAreaCrop(0)
