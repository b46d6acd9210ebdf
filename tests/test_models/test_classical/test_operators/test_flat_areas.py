"""Areas without detail."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical.operators.flat_areas import (
    FLAT_RANGE,
    flat_areas,
    keep_black,
    range_of_noise,
    window_maximum,
    without_detail,
)


def half_flat(sky: Tensor | float, seed: int = 0) -> Tensor:
    """Sky above noise from 40 to 200; (1, 96, 120)."""
    random = torch.Generator().manual_seed(seed)
    levels = torch.randint(40, 200, (1, 96, 120), generator=random).float()
    levels[:, :60] = sky
    return levels


@pytest.mark.parametrize('radius', [1, 2, 3, 7, 8, 50])
def test_maximum_of_windows(radius: int) -> None:
    values = torch.rand(2, 23, 31)
    expected = (
        torch.nn.functional.max_pool2d(values, 2 * radius + 1, 1, radius)
        if (radius < 12)
        else values.amax((1, 2), keepdim=True).expand(-1, 23, 31)
    )
    assert torch.equal(window_maximum(values, radius), expected)


def noise(most: int) -> Tensor:
    return torch.randint(0, most + 1, (1, 60, 120), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ('sky', 'is_flat'),
    [
        (0.0, True),
        (100.0, True),
        (30 + noise(1), True),
        (30 + noise(2), True),
        (30 + noise(6), False),
        (noise(40), False),
    ],
    ids=['black', 'constant', 'one level', 'one level up and down', 'six levels', 'texture'],
)
def test_what_is_flat(sky: Tensor | float, is_flat: bool) -> None:
    flatness = flat_areas(half_flat(sky), FLAT_RANGE)
    if not is_flat:
        assert flatness is None or not flatness.any()
        return
    assert flatness is not None
    assert (flatness[:, :60] == 1).all()  # up to its edge
    assert not flatness[:, 60:].any()


def test_a_narrow_stripe_is_no_area() -> None:
    levels = half_flat(0.0)
    levels[:, :60] = half_flat(0.0)[:, 60:].repeat(1, 2, 1)[:, :60]
    levels[:, 30:33] = 0
    assert flat_areas(levels, FLAT_RANGE) is None


@pytest.mark.parametrize(
    ('image', 'flat'),
    [
        (torch.full((1, 3, 9, 9), 0.3), True),
        (torch.tensor([7.0, 8.0, 9.0]).expand(1, 3, 5, 3) / 255, True),
        (torch.tensor([7.0, 8.0, 10.0]).expand(1, 3, 5, 3) / 255, False),
        (torch.tensor([7.0, 7.3, 8.1]).expand(1, 3, 5, 3) / 255, False),
        (torch.tensor([700.0, 701.0, 702.0]).expand(1, 3, 5, 3) / 65535, True),
        (torch.tensor([700.0, 701.0, 709.0]).expand(1, 3, 5, 3) / 65535, False),
    ],
    ids=['constant', 'two levels', 'three levels', 'fine', 'two of 16 bits', 'nine of 16 bits'],
)
def test_pictures_without_detail(image: Tensor, flat: bool) -> None:
    assert without_detail(torch.cat([image, torch.rand(image.shape)])).tolist() == [flat, False]


def test_finer_levels_are_no_noise() -> None:
    assert range_of_noise(torch.tensor([1.0, 7.0])) == FLAT_RANGE
    assert range_of_noise(torch.tensor([1.0, 7.5])) == pytest.approx(FLAT_RANGE / 257)


@pytest.mark.parametrize(('sky', 'kept'), [(0.0, True), (3.0, True), (6.0, False), (60.0, False)])
def test_flat_black_is_given_back(sky: float, kept: bool) -> None:
    image = half_flat(sky)[:, None].expand(-1, 3, -1, -1) / 255
    enhanced = torch.full_like(image, 0.7)
    result = keep_black(image, enhanced)
    assert torch.equal(result[:, :, :60], (image if kept else enhanced)[:, :, :60])
    assert torch.equal(result[:, :, 60:], enhanced[:, :, 60:])
