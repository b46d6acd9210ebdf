"""Tiled results against untiled ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.inference import enhance_tiled
from mmenlighten.utils.tensor_image import to_array, to_model_range, to_uint8

from .networks import (
    constant_network,
    enhance_whole,
    random_picture,
    trained_like_network,
)

SIZES = [(1, 1), (7, 330), (301, 30), (333, 16), (16, 640), (401, 17), (305, 389)]


@pytest.mark.parametrize(('height', 'width'), SIZES)
@pytest.mark.parametrize('options', [dict(), dict(norm='none', attention=False)])
def test_tiled_equals_untiled_where_every_tap_counts(
    height: int, width: int, options: dict[str, object]
) -> None:
    network = constant_network(**options)
    picture = random_picture(height, width)
    tiled = enhance_tiled(network, picture, network.traits, tile=network.traits.smallest_tile)
    whole = enhance_whole(network.generator, picture)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-14)


@pytest.mark.parametrize('shape', [(80, 401), (401, 80)])
def test_an_overlap_of_one_step_less_is_too_short(shape: tuple[int, int]) -> None:
    network = constant_network()
    picture = random_picture(*shape)
    tile, overlap = network.traits.smallest_tile, network.traits.overlap
    assert (tile, overlap) == (272, 128)
    whole = enhance_tiled(network, picture, network.traits)
    tiled = enhance_tiled(network, picture, network.traits, tile=tile, overlap=overlap - 16)
    assert np.abs(tiled - whole).max() > 1e-10


@pytest.mark.parametrize(
    ('height', 'width'), [(30, 801), (31, 800), (33, 1290), (2, 401), (700, 403)]
)
def test_halved_pictures(height: int, width: int) -> None:
    network = constant_network(half_above_width=400)
    picture = random_picture(height, width)
    assert network.traits.is_halved(height, width)
    tiled = enhance_tiled(network, picture, network.traits, tile=272)
    whole = enhance_whole(network.generator, picture)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-14)


def test_halved_pictures_with_aligned_corners_in_one_tile() -> None:
    network = constant_network(half_above_width=40, align_corners=True)
    picture = random_picture(35, 61)
    whole = enhance_whole(network.generator, picture)
    result = enhance_tiled(network, picture, network.traits)
    np.testing.assert_allclose(result, whole, rtol=0, atol=1e-14)


def test_padding_does_not_make_a_picture_wide_enough_to_be_halved() -> None:
    network = constant_network(half_above_width=41)
    picture = random_picture(20, 41)
    whole = enhance_whole(network.generator, picture)
    result = enhance_tiled(network, picture, network.traits)
    np.testing.assert_allclose(result, whole, rtol=0, atol=1e-14)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_float32_differs_by_at_most_one_of_255_levels(dtype: type[np.generic]) -> None:
    network = trained_like_network(base_channels=4)
    picture = random_picture(330, 611, dtype)
    whole = enhance_tiled(network, picture, network.traits)
    tiled = enhance_tiled(network, picture, network.traits, tile=336, batch=3)
    assert whole.dtype == tiled.dtype == dtype
    assert np.std(whole.astype(float) - picture) > 1
    scale = np.iinfo(dtype).max // 255
    assert np.abs(whole.astype(int) - tiled.astype(int)).max() <= scale


def test_equals_the_generator_and_its_rounding() -> None:
    network = trained_like_network()
    picture = random_picture(45, 83, np.uint8)
    image = torch.from_numpy(picture).permute(2, 0, 1)[None]
    with torch.inference_mode():
        expected = to_array(to_uint8(network.generator(to_model_range(image)))[0])
    assert np.array_equal(enhance_tiled(network, picture, network.traits), expected)


@pytest.mark.parametrize('options', [dict(align_corners=True), dict(norm='instance')])
def test_unbounded_networks_are_feathered_and_differ(options: dict[str, object]) -> None:
    network = trained_like_network(precision='float64', **options)
    assert not network.traits.is_local
    picture = random_picture(40, 700)
    whole = enhance_tiled(network, picture, network.traits)
    tiled = enhance_tiled(network, picture, network.traits, tile=400)
    assert not np.allclose(tiled, whole, atol=1e-6)
    assert np.isfinite(tiled).all()
