from __future__ import annotations

import pytest
import torch

from mmenlighten.models import EDSR, CinCGANGenerator


@pytest.mark.parametrize('size', [(1, 1), (5, 8), (37, 50)])
def test_any_size(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size) * 2 - 1
    with torch.no_grad():
        assert CinCGANGenerator(base_channels=4, num_blocks=1)(image).shape == image.shape


def test_an_output_pixel_depends_on_the_declared_neighbourhood() -> None:
    network = CinCGANGenerator(base_channels=2, num_blocks=2).double()
    for parameter in network.parameters():
        torch.nn.init.constant_(parameter, 0.1)  # nothing cancels out
    radius = network.traits.receptive_field_radius
    assert radius == 14
    image = torch.zeros(1, 3, 1, 61, dtype=torch.float64, requires_grad=True)
    network(image)[0, 0, 0, 30].backward()
    reached = image.grad[0, 0].nonzero()[:, 1].aminmax()
    assert (reached.min, reached.max) == (30 - radius, 30 + radius)


def test_outer_networks_reduce_and_enlarge_four_times() -> None:
    image = torch.rand(1, 3, 16, 12) * 2 - 1
    with torch.no_grad():
        reduced = CinCGANGenerator(base_channels=4, num_blocks=1, stride=2)(image)
        assert reduced.shape == (1, 3, 4, 3)
        assert EDSR(base_channels=4, num_blocks=1)(reduced).shape == image.shape
