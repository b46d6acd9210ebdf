"""Large pictures through a small copy."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from mmenlighten.inference import (
    NetworkTraits,
    enhance_guided,
    enhance_tiled,
    guided_enhancement,
    guided_size,
)

from .networks import random_picture

TRAITS = NetworkTraits(size_multiple=16)


def scene(height: int, width: int) -> np.ndarray:
    """Smooth light with shapes and some noise, in [0, 0.4]."""
    rows, columns = np.mgrid[:height, :width]
    light = 0.15 + 0.1 * np.sin(rows / 31) * np.cos(columns / 47)
    light[height // 3 : height // 2, width // 4 : width // 2] += 0.12
    noise = np.random.default_rng(0).normal(0, 0.005, (height, width, 3))
    return np.clip(light[..., None] * (1, 0.8, 1.1) + noise, 0, 0.4)


def stored(values: np.ndarray, dtype: type) -> np.ndarray:
    white = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    return (values * white).astype(dtype)


def pointwise(
    function: Callable[[np.ndarray], np.ndarray],
) -> Callable[[np.ndarray], np.ndarray]:
    """A network that applies a function to each value in [0, 1]."""
    return lambda images: function((images + 1) / 2) * 2 - 1


@pytest.fixture(autouse=True)
def few_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guided_enhancement, 'GUIDED_PIXELS', 5000)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float32, np.float64])
def test_small_pictures_are_enhanced_as_they_are(dtype: type[np.generic]) -> None:
    picture = random_picture(50, 100, dtype)
    network = pointwise(lambda values: values**0.5)
    expected = enhance_tiled(network, picture, TRAITS)
    np.testing.assert_array_equal(enhance_guided(network, picture, TRAITS), expected)


@pytest.mark.parametrize(('dtype', 'most'), [(np.uint8, 1), (np.uint16, 4), (np.float64, 1e-5)])
@pytest.mark.parametrize('size', [(150, 240), (151, 243), (1, 9001), (9001, 1), (401, 13)])
def test_a_gain_or_a_line_is_met_within_a_level(
    dtype: type, most: float, size: tuple[int, int]
) -> None:
    picture = stored(scene(*size), dtype)
    for network in (pointwise(lambda values: values * 2), pointwise(lambda v: v * 1.5 + 0.1)):
        expected = enhance_tiled(network, picture, TRAITS).astype(float)
        result = enhance_guided(network, picture, TRAITS)
        assert result.dtype == dtype
        assert np.abs(result - expected).max() <= most


def test_a_curve_is_met_closely() -> None:
    picture = stored(scene(300, 400), np.uint8)
    network = pointwise(lambda values: np.clip(values, 0, 1) ** 0.45)
    expected = enhance_tiled(network, picture, TRAITS).astype(float)
    difference = np.abs(enhance_guided(network, picture, TRAITS) - expected)
    assert difference.mean() < 1


def test_light_that_changes_over_the_picture_is_met() -> None:
    picture = stored(scene(300, 400), np.uint8)

    def network(images: np.ndarray) -> np.ndarray:
        gain = np.linspace(1, 2.5, images.shape[-1], dtype=images.dtype)
        return (images + 1) * gain - 1

    expected = enhance_tiled(network, picture, TRAITS).astype(float)
    difference = np.abs(enhance_guided(network, picture, TRAITS) - expected)
    assert difference.mean() < 3


@pytest.mark.parametrize('value', [0, 255])
def test_black_and_white_stay_within_the_range(value: int) -> None:
    picture = np.full((200, 300, 3), value, np.uint8)
    result = enhance_guided(pointwise(lambda values: values * 3), picture, TRAITS)
    np.testing.assert_array_equal(result, picture)


def test_no_halo_beside_an_edge() -> None:
    """The network lights the dark side by a gain that is smeared over the edge."""
    picture = np.full((400, 600, 3), 20, np.uint8)
    picture[:, 300:] = 120

    def network(images: np.ndarray) -> np.ndarray:
        values = (images[0].transpose(1, 2, 0) + 1) / 2
        gain = 3 - 4 * cv2.blur(values, (9, 9))
        return (values * gain).transpose(2, 0, 1)[None] * 2 - 1

    result = enhance_guided(network, picture, TRAITS)[200, :, 0].astype(int)
    dark, bright = result[20], result[-20]
    assert dark < bright
    small = enhance_tiled(network, picture[::5, ::5].copy(), TRAITS)[40, :, 0].astype(int)
    # The network's own halo is what it is; nothing is added to it but a little.
    assert result[:300].max() <= max(small[:60].max(), dark) + 6
    assert result[:300].min() >= small[:60].min() - 6
    assert result[300:].max() <= small[60:].max() + 6
    assert result[300] - result[299] >= 0.8 * (bright - dark)  # and the edge is sharp


def test_noise_in_flat_parts_is_not_raised_further() -> None:
    picture = stored(np.full((400, 600, 3), 0.1), np.uint8)
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    network = pointwise(lambda values: np.clip(values, 0, 1) ** 0.5)
    result = enhance_guided(network, picture, TRAITS)
    assert result.std() <= enhance_tiled(network, picture, TRAITS).std() * 1.05


def test_the_network_sees_one_small_picture_whatever_the_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    shapes = []

    def network(images: np.ndarray) -> np.ndarray:
        shapes.append(images.shape)
        return images

    picture = np.zeros((4000, 3001, 3), np.uint8)
    enhance_guided(network, picture, TRAITS)
    ((count, _, height, width),) = shapes
    assert count == 1
    assert 480_000 < height * width < 530_000  # with what it is padded to multiples of 16
    assert np.prod(guided_size(4000, 3001)) <= 500_000


@pytest.mark.parametrize('size', [(1, 10**6), (10**6, 1), (3000, 4000), (708, 708), (10**5, 7)])
def test_sizes_are_bounded_and_keep_their_shape(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    height, width = guided_size(*size)
    assert 1 <= height <= size[0]
    assert 1 <= width <= size[1]
    assert height * width <= 500_000


def test_memory_is_the_result_and_some_strips() -> None:
    picture = np.zeros((3000, 4000, 3), np.uint16)
    tracemalloc.start()
    try:
        enhance_guided(lambda images: images, picture, TRAITS)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < picture.nbytes + 40 * 2**20


def test_same_input_same_output_and_progress_ends() -> None:
    picture = random_picture(1000, 900, np.uint8)
    told: list[tuple[int, int]] = []
    network = pointwise(lambda values: values**0.5)
    first = enhance_guided(
        network, picture, TRAITS, progress=lambda done, total: told.append((done, total))
    )
    np.testing.assert_array_equal(first, enhance_guided(network, picture, TRAITS))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == list(range(1, len(told) + 1))


def test_values_beyond_white_are_kept_in_floating_point() -> None:
    picture = scene(200, 300).astype(np.float32)
    result = enhance_guided(pointwise(lambda values: values * 5), picture, TRAITS)
    assert result.max() > 1.5
