"""Several pictures of one size at once, as one by one."""

from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference import NetworkTraits, enhance_tiled
from mmenlighten.inference.same_size import enhance_same_size
from tests.test_inference.networks import random_picture, trained_like_network


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize('half_above_width', [None, 20])
def test_pictures_together_are_those_one_by_one(
    dtype: type[np.generic], half_above_width: int | None
) -> None:
    network = trained_like_network(half_above_width=half_above_width)
    pictures = [random_picture(19, 37, dtype, seed) for seed in range(3)]
    together = enhance_same_size(network, pictures, network.traits)
    for picture, result in zip(pictures, together, strict=True):
        alone = enhance_tiled(network, picture, network.traits)
        assert (result.dtype, result.shape) == (picture.dtype, picture.shape)
        tolerance = 1e-4 if np.issubdtype(dtype, np.floating) else 1
        assert np.abs(result.astype(float) - alone).max() <= tolerance
    assert not np.allclose(together[0], together[1])


def test_the_network_is_called_once() -> None:
    shapes = []

    def network(images: np.ndarray) -> np.ndarray:
        shapes.append(images.shape)
        return images

    pictures = [random_picture(5, 9, np.uint8, seed) for seed in range(4)]
    results = enhance_same_size(network, pictures, NetworkTraits(size_multiple=8))
    assert shapes == [(4, 3, 8, 16)]
    np.testing.assert_array_equal(results, pictures)


def test_other_sizes_and_types_are_refused() -> None:
    picture = random_picture(4, 4, np.uint8)
    for other in (picture[:3], picture.astype(np.uint16)):
        with pytest.raises(ValueError, match='one size and type'):
            enhance_same_size(lambda images: images, [picture, other], NetworkTraits())
