from __future__ import annotations

import pytest
import torch

from mmenlighten.models import RetinexNetGenerator


def build(channels: int = 2) -> RetinexNetGenerator:
    torch.manual_seed(0)
    return RetinexNetGenerator(
        dict(type='DecomNet', channels=channels), dict(type='RelightNet', channels=channels)
    ).double()


@pytest.mark.parametrize('size', [(1, 1), (5, 16), (37, 50)])
def test_any_size(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size).double() * 2 - 1
    with torch.no_grad():
        assert build()(image).shape == image.shape


def test_output_pixels_depend_on_the_declared_neighbourhood() -> None:
    network = build()
    assert network.traits.receptive_field_radius == 33
    assert network.traits.tile_halo == 26
    for parameter in network.parameters():
        parameter.data.abs_().mul_(0.3)  # nothing cancels out, and sigmoids stay steep
    image = torch.rand(1, 3, 8, 144, dtype=torch.float64, requires_grad=True)
    enhanced = network(image)
    reaches = []
    for pixel in range(64, 72):
        (gradient,) = torch.autograd.grad(enhanced[..., pixel].sum(), image, retain_graph=True)
        first, last = gradient.abs().sum((0, 1, 2)).nonzero().flatten().aminmax()
        reaches.append((pixel - first.item(), last.item() - pixel))
    assert max(max(reach) for reach in reaches) == 33
    # The block of these eight pixels needs less than the one that sees farthest.
    left = max(reach[0] - index for index, reach in enumerate(reaches))
    right = max(reach[1] - index for index, reach in enumerate(reversed(reaches)))
    assert max(left, right) == 26


def test_tiles_are_exact() -> None:
    network, halo = build(4), 32  # on the grid of 8
    image = torch.rand(1, 3, 16, 160).double() * 2 - 1
    with torch.no_grad():
        whole, tile = network(image), network(image[..., 72 - halo : 104 + halo])
    torch.testing.assert_close(tile[..., halo:-halo], whole[..., 72:104], rtol=0, atol=1e-12)


def test_result_is_the_product_of_the_parts() -> None:
    network, image = build(), torch.rand(1, 3, 8, 16).double() * 2 - 1
    reflectance, illumination = network(image, 'decompose')
    same, adjusted = network(image, 'relight')
    assert torch.equal(same, reflectance)
    assert not same.requires_grad
    assert adjusted.requires_grad
    assert illumination.shape == adjusted.shape == (1, 1, 8, 16)
    torch.testing.assert_close(network(image), 2 * reflectance * adjusted - 1)
