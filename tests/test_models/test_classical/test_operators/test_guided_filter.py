"""The guided filter."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical.operators.guided_filter import box_mean, fast_guided_filter
from mmenlighten.utils.errors import ConfigError


def scene(height: int = 30, width: int = 41) -> Tensor:
    random = torch.Generator().manual_seed(0)
    rows, columns = torch.linspace(0, 1, height)[:, None], torch.linspace(0, 1, width)
    edge = (columns > 0.5).float() * 0.6
    return (edge + 0.2 * rows + 0.02 * torch.rand(height, width, generator=random))[None, None]


def plain_mean(image: Tensor, radius: int) -> Tensor:
    height, width = image.shape[-2:]
    result = torch.empty_like(image)
    for y in range(height):
        for x in range(width):
            rows = slice(max(y - radius, 0), y + radius + 1)
            columns = slice(max(x - radius, 0), x + radius + 1)
            result[..., y, x] = image[..., rows, columns].mean((-2, -1))
    return result


@pytest.mark.parametrize('radius', [1, 4, 50])
def test_box_mean(radius: int) -> None:
    image = scene(12, 9)
    torch.testing.assert_close(box_mean(image, radius), plain_mean(image, radius))


def test_exact_filter_is_the_definition() -> None:
    guide, image = scene(12, 9), scene(12, 9).flip(-2)
    mean, covariance = plain_mean(guide, 2), plain_mean(guide * image, 2)
    covariance -= mean * plain_mean(image, 2)
    slope = covariance / (plain_mean(guide**2, 2) - mean**2 + 0.01)
    offset = plain_mean(image, 2) - slope * mean
    expected = plain_mean(slope, 2) * guide + plain_mean(offset, 2)
    filtered = fast_guided_filter(image, guide, 2, 0.01, subsampling=1)
    torch.testing.assert_close(filtered, expected, rtol=0, atol=1e-5)


def test_edges_of_the_guide_stay_and_noise_goes() -> None:
    image = scene()
    for subsampling in (1, 4):
        filtered = fast_guided_filter(image, image, 8, 0.01, subsampling)
        step = filtered[..., 22].mean() - filtered[..., 18].mean()
        assert step > 0.5
        assert filtered[..., :14].diff(dim=-1).std() < 0.5 * image[..., :14].diff(dim=-1).std()


@pytest.mark.parametrize('size', [(1, 1), (3, 50), (7, 5)])
def test_any_size(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size)
    assert fast_guided_filter(image, image[:, :1], 4, 0.01).shape == image.shape
    constant = torch.full((1, 1, *size), 0.3)
    torch.testing.assert_close(fast_guided_filter(constant, constant, 4, 0.01), constant)


@pytest.mark.parametrize('setting', [dict(radius=0), dict(epsilon=0), dict(subsampling=0)])
def test_settings_must_be_positive(setting: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match='positive'):
        fast_guided_filter(scene(), scene(), **dict(dict(radius=2, epsilon=0.1), **setting))
