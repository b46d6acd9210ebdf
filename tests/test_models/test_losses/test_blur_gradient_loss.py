from __future__ import annotations

import pytest
import torch

from mmenlighten.models import BlurGradientLoss
from mmenlighten.utils.errors import ConfigError


@pytest.fixture
def image() -> torch.Tensor:
    return torch.rand((2, 3, 40, 36), generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_equal_images_and_offsets_cost_nothing(image: torch.Tensor) -> None:
    assert BlurGradientLoss()(image, image) == 0
    assert BlurGradientLoss()(image + 0.3, image) < 1e-6


def test_gain_of_the_light_is_free_only_where_it_was_asked_for(image: torch.Tensor) -> None:
    brighter = (image + 1) * 1.7 - 1
    assert BlurGradientLoss(free_brightness=True)(brighter, image) < 1e-6
    assert BlurGradientLoss()(brighter, image) > 1e-4


def test_structure_counts_and_fine_detail_hardly(image: torch.Tensor) -> None:
    checkers = torch.ones(40, 36)
    checkers[::2, ::2] = checkers[1::2, 1::2] = -1
    ramp = torch.linspace(-1, 1, 36).expand(40, 36)
    loss = BlurGradientLoss()
    assert loss(image + 0.5 * checkers, image) < 0.02 * loss(image + 0.5 * ramp, image)


def test_images_smaller_than_the_blur_and_black_ones() -> None:
    black = torch.full((1, 3, 4, 5), -1.0, requires_grad=True)
    loss = BlurGradientLoss(free_brightness=True)(black, torch.rand(1, 3, 4, 5))
    loss.backward()
    assert loss.isfinite()
    assert black.grad is not None
    assert black.grad.isfinite().all()


def test_each_sigma_needs_a_weight() -> None:
    with pytest.raises(ConfigError, match='2 sigmas and 3 weights'):
        BlurGradientLoss(sigmas=(3, 5))
