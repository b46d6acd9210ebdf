from __future__ import annotations

import pytest
import torch
from torch import nn

from mmenlighten.models import ResnetGenerator
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import traits_of
from tests.builders import enlarge_weights, random_images


def build(**options: object) -> ResnetGenerator:
    torch.manual_seed(0)
    generator = ResnetGenerator(**dict(base_channels=4, num_blocks=2) | options)
    enlarge_weights(generator)
    return generator


@pytest.mark.parametrize('size', [(8, 8), (5, 40), (33, 18)])
def test_any_size_comes_back(size: tuple[int, int]) -> None:
    generator = build().eval()
    image = random_images(2, 3, *size)
    result = generator(image)
    assert result.shape == image.shape
    assert result.abs().max() <= 1
    # IN is that of each image: a batch is its images.
    torch.testing.assert_close(generator(image[:1]), result[:1])


def test_sides_that_are_multiples_of_four_are_not_padded() -> None:
    generator, image = build(), random_images(1, 3, 12, 20)
    assert torch.equal(generator(image), generator.enhance_padded(image))
    assert traits_of(generator).size_multiple == 4
    assert not traits_of(generator).is_tileable
    assert generator.enhance_padded(random_images(1, 3, 13, 18)).shape == (1, 3, 16, 20)


def test_biases_start_at_zero_and_weights_are_small() -> None:
    torch.manual_seed(0)
    for name, parameter in ResnetGenerator(base_channels=16, num_blocks=1).named_parameters():
        if name.endswith('bias'):
            assert not parameter.any()
        else:
            assert parameter.std().item() == pytest.approx(0.02, rel=0.2)


@pytest.mark.parametrize('norm', ['instance', 'batch', None])
@pytest.mark.parametrize('upsampling', ['transposed', 'bilinear'])
def test_options(norm: str | None, upsampling: str) -> None:
    generator = build(norm=norm, upsampling=upsampling)
    norms = nn.InstanceNorm2d, nn.BatchNorm2d
    found = {type(module) for module in generator.modules()} & {*norms, UpsampleConv2d}
    expected = {'instance': {nn.InstanceNorm2d}, 'batch': {nn.BatchNorm2d}, None: set()}[norm]
    assert found == expected | ({UpsampleConv2d} if upsampling == 'bilinear' else set())
    generator(random_images(2, 3, 16, 16)).square().mean().backward()
    assert all(parameter.grad is not None for parameter in generator.parameters())


def test_unknown_options() -> None:
    with pytest.raises(ConfigError, match=r"ResnetGenerator.norm='layer'"):
        ResnetGenerator(norm='layer')
    with pytest.raises(ConfigError, match='transposed, bilinear'):
        ResnetGenerator(upsampling='nearest')
