"""How much noise there is, and the filter that takes it out."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical.operators.grain import (
    REACH,
    NoiseSamples,
    luma_of,
    remove_grain,
)


def noise_level(luma: torch.Tensor) -> torch.Tensor:
    samples = NoiseSamples(*luma.shape[2:])
    samples.add(luma, 0)
    return samples.deviation()


def noisy(deviation: float, height: int = 200, width: int = 240) -> tuple[Tensor, Tensor]:
    """Slopes and one edge, and the same with noise; gray, (1, 3, H, W)."""
    slope = 0.3 + 0.2 * torch.linspace(0, 1, width).expand(1, 3, height, width).clone()
    slope[..., width // 2 :] += 0.3
    random = torch.Generator().manual_seed(0)
    return slope, slope + deviation * torch.randn(slope.shape, generator=random)


@pytest.mark.parametrize('deviation', [0.0, 0.003, 0.01, 0.04])
@pytest.mark.parametrize('size', [(200, 240), (1301, 1044)])
def test_noise_is_measured(deviation: float, size: tuple[int, int]) -> None:
    found = noise_level(noisy(deviation, *size)[1][:, :1])
    assert found.shape == (1, 1, 1, 1)
    assert float(found) == pytest.approx(deviation, rel=0.03, abs=1e-6)


@pytest.mark.parametrize('size', [(1, 1), (1, 9), (9, 1), (2, 2), (3, 3)])
@pytest.mark.parametrize('level', [0.0, 0.4, 1.0])
def test_no_squares_or_no_light_is_no_noise(size: tuple[int, int], level: float) -> None:
    assert float(noise_level(torch.full((1, 1, *size), level))) == pytest.approx(0, abs=1e-6)


def test_noise_goes_and_edges_stay() -> None:
    clean, image = noisy(0.03)
    filtered = remove_grain(image, torch.full_like(image[:, :1], 0.03))
    assert (filtered - clean).std() < 0.4 * (image - clean).std()
    step = filtered[..., 121].mean() - filtered[..., 118].mean()
    assert step > 0.28


def test_colour_noise_goes_more_than_that_of_the_luma() -> None:
    clean, image = noisy(0.03)
    left = remove_grain(image, torch.full_like(image[:, :1], 0.03)) - clean
    colour, luma = left - luma_of(left), luma_of(left)
    before = image - clean
    assert colour.std() / (before - luma_of(before)).std() < luma.std() / luma_of(before).std()


def test_no_noise_changes_nothing() -> None:
    image = noisy(0.03)[1]
    filtered = remove_grain(image, torch.zeros_like(image[:, :1]))
    assert torch.equal(filtered, image)


def test_only_rows_within_reach_count() -> None:
    image = noisy(0.03, 120, 40)[1]
    deviation = torch.full_like(image[:, :1], 0.03)
    part = remove_grain(image[:, :, 20:90], deviation[:, :, 20:90])[:, :, REACH:-REACH]
    whole = remove_grain(image, deviation)[:, :, 20 + REACH : 90 - REACH]
    torch.testing.assert_close(part, whole)


@pytest.mark.parametrize('size', [(1, 1), (1, 8), (7, 1), (2, 3), (5, 5)])
def test_any_size_is_taken(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size)
    filtered = remove_grain(image, torch.full_like(image[:, :1], 0.1))
    assert filtered.shape == image.shape
    assert filtered.isfinite().all()
