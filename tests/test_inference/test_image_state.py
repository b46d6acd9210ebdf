"""Parts of a picture that are enhanced by a grid of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.inference import NetworkTraits, enhance_guided, enhance_tiled
from mmenlighten.inference.image_state import prepare_state
from mmenlighten.inference.same_size import enhance_same_size
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import BilateralCurveNet
from mmenlighten.utils.padding_geometry import Window

from .networks import enhance_whole, random_picture


def curve_network(precision: str = 'float32', **options: Any) -> TorchNetwork:
    """Random weights, strong enough for all that is seen to show."""
    torch.manual_seed(0)
    generator = BilateralCurveNet(grid_width=6, refinement_widths=(4, 5, 6))
    for parameter in generator.parameters():
        nn.init.normal_(parameter, std=0.15)
    return TorchNetwork(generator, precision=precision, **options)


TILE = 200
"""Wide enough for a core between twice the overlap."""


class Places:
    """Answers with the position of each pixel, by which a tile in the wrong place shows."""

    traits = NetworkTraits(size_multiple=8, receptive_field_radius=8, thumbnail_size=4)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        raise AssertionError('A part without a grid.')

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        assert thumbnails.shape[1:] == (3, 4, 4)
        return thumbnails.mean((2, 3))

    def enhance_part(
        self,
        images: np.ndarray,
        grids: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        assert len(images) == len(grids) == len(windows)
        result = np.empty_like(images)
        for image, grid, window in zip(result, grids, windows):
            rows, columns = (np.arange(size) for size in image.shape[1:])
            image[0] = ((window.top + rows) / window.height)[:, None]
            image[1] = (window.left + columns) / window.width
            image[2] = grid[2]
        return result


@pytest.mark.parametrize('size', [(1, 1), (7, 60), (50, 99), (64, 64)])
@pytest.mark.parametrize('batch', [1, 3])
def test_each_tile_is_told_where_it_lies(size: tuple[int, int], batch: int) -> None:
    picture = random_picture(*size)
    result = enhance_tiled(Places(), picture, Places.traits, tile=24, batch=batch) * 2 - 1
    height, width = size
    np.testing.assert_allclose(result[:, 0, 0], np.arange(height) / height, atol=1e-12)
    np.testing.assert_allclose(result[0, :, 1], np.arange(width) / width, atol=1e-12)
    if min(size) >= 4:
        np.testing.assert_allclose(result[..., 2], picture[..., 2].mean() * 2 - 1, atol=0.05)


def test_pictures_of_one_size_have_grids_of_their_own() -> None:
    pictures = [random_picture(20, 30, seed=seed) / (1 + seed) for seed in range(3)]
    results = enhance_same_size(Places(), pictures, Places.traits)
    for picture, result in zip(pictures, results):
        np.testing.assert_array_equal(result, enhance_tiled(Places(), picture, Places.traits))
    assert len({result[0, 0, 2] for result in results}) == 3


@pytest.mark.parametrize('size', [(1, 1), (1, 350), (333, 30), (40, 401), (201, 230)])
def test_tiled_equals_the_whole(size: tuple[int, int]) -> None:
    network = curve_network('float64')
    assert network.traits.is_local
    picture = random_picture(*size)
    tiled = enhance_tiled(network, picture, network.traits, tile=TILE, batch=2)
    whole = enhance_whole(network.generator, picture)
    np.testing.assert_allclose(tiled, whole, rtol=0, atol=1e-12)


def test_an_overlap_of_one_step_less_is_too_short() -> None:
    network = curve_network('float64')
    picture = random_picture(20, 301)
    traits = network.traits
    assert traits.overlap == 64
    whole = enhance_tiled(network, picture, traits)
    tiled = enhance_tiled(network, picture, traits, tile=TILE, overlap=56)
    assert np.abs(tiled - whole).max() > 1e-12


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32])
def test_tiles_differ_by_round_off_alone(dtype: type[np.generic]) -> None:
    network = curve_network()
    picture = random_picture(75, 411, dtype)
    whole = enhance_tiled(network, picture, network.traits)
    tiled = enhance_tiled(network, picture, network.traits, tile=TILE)
    white = 1 if dtype == np.float32 else np.iinfo(dtype).max
    assert np.std(whole.astype(float) - picture) > 0.05 * white
    assert np.abs(whole.astype(float) - tiled).max() / white <= 1 / 255


def test_in_guided_mode_the_grid_is_of_the_large_picture() -> None:
    network = curve_network()
    picture = random_picture(601, 901, np.uint8)
    picture[:, 300:] //= 4
    grid = prepare_state(network, network.traits, picture)
    result = enhance_guided(network, picture, network.traits)
    assert np.array_equal(result, enhance_guided(network, picture, network.traits, state=grid))
    other = enhance_guided(network, picture, network.traits, state=-np.asarray(grid))
    assert np.abs(result.astype(int) - other).mean() > 5


def test_networks_without_a_thumbnail_need_no_grid() -> None:
    assert prepare_state(lambda images: images, NetworkTraits(), random_picture(3, 4)) is None


@pytest.mark.parametrize('precision', ['bf16', 'fp16'])
def test_places_are_told_in_full_precision(precision: str) -> None:
    network = curve_network(precision)
    picture = random_picture(16, 3000, np.uint8)
    expected = enhance_tiled(curve_network(), picture, network.traits)
    result = enhance_tiled(network, picture, network.traits)
    assert np.abs(result.astype(int) - expected).mean() < 1
