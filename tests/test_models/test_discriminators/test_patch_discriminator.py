from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from mmenlighten.models import PatchDiscriminator
from mmenlighten.models.norms import NORMS
from mmenlighten.utils.errors import ConfigError


def build_official(num_downs: int) -> PatchDiscriminator:
    with torch.device('meta'):
        return PatchDiscriminator(num_downs=num_downs)


@pytest.mark.parametrize(
    ('num_downs', 'parameters', 'convolutions'), [(5, 11_154_369, 7), (4, 6_959_553, 6)]
)
def test_has_the_official_size(num_downs: int, parameters: int, convolutions: int) -> None:
    discriminator = build_official(num_downs)
    assert sum(parameter.numel() for parameter in discriminator.parameters()) == parameters
    layers = list(discriminator.model)
    kinds = {nn.Conv2d, nn.LeakyReLU}  # no norms, no sigmoid
    assert {type(layer) for layer in layers} == kinds
    assert sum(isinstance(layer, nn.Conv2d) for layer in layers) == convolutions
    assert isinstance(layers[-1], nn.Conv2d)
    keys = [f'model.{2 * i}.{kind}' for i in range(convolutions) for kind in ('weight', 'bias')]
    assert list(discriminator.state_dict()) == keys


@pytest.mark.parametrize(
    ('num_downs', 'size', 'scores'),
    [(5, 320, 13), (5, 256, 11), (5, 128, 7), (4, 32, 5), (4, 64, 7)],
)
def test_score_map_has_the_official_size(num_downs: int, size: int, scores: int) -> None:
    discriminator = build_official(num_downs)
    image = torch.empty(2, 3, size, size, device='meta')
    assert discriminator(image).shape == (2, 1, scores, scores)


@pytest.mark.parametrize(('num_downs', 'field'), [(5, 286), (4, 142)])
def test_receptive_field(num_downs: int, field: int) -> None:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(base_channels=2, num_downs=num_downs).double()
    for parameter in discriminator.parameters():
        nn.init.uniform_(parameter, 0.5, 1)  # nothing cancels
    image = torch.ones(1, 3, 8, 640, dtype=torch.float64, requires_grad=True)
    scores = discriminator(image)
    scores[..., scores.shape[-1] // 2].sum().backward()
    columns = image.grad.abs().sum((0, 1, 2)).nonzero()
    assert columns.max() - columns.min() + 1 == field


def test_each_parameter_learns() -> None:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(in_channels=1, base_channels=4, num_downs=2)
    discriminator(torch.randn(2, 1, 16, 24)).square().mean().backward()
    assert all(parameter.grad.any() for parameter in discriminator.parameters())


@pytest.mark.parametrize(
    ('options', 'parameters', 'scores'),
    [
        (dict(num_downs=3, padding=1, norm='instance'), 2_764_737, 6),  # CycleGAN
        (dict(num_downs=3, padding=1, norm='batch', stride=1), 2_765_633, 65),  # CinCGAN
    ],
)
def test_norms_follow_all_but_the_first_and_last_convolution(
    options: dict[str, Any], parameters: int, scores: int
) -> None:
    with torch.device('meta'):
        discriminator = PatchDiscriminator(**options)
        assert discriminator(torch.empty(1, 3, 70, 70)).shape == (1, 1, scores, scores)
    assert sum(parameter.numel() for parameter in discriminator.parameters()) == parameters
    norm = NORMS[options['norm']](64)
    places = [i for i, layer in enumerate(discriminator.model) if type(layer) is type(norm)]
    convolutions = [i for i, layer in enumerate(discriminator.model) if type(layer) is nn.Conv2d]
    assert convolutions == [0, 2, 5, 8, 11]
    assert places == [3, 6, 9]
    has_bias = [discriminator.model[place].bias is not None for place in convolutions]
    assert has_bias == [True, *[options['norm'] == 'instance'] * 3, True]


def test_start_of_the_biases() -> None:
    for zero_bias in (True, False):
        discriminator = PatchDiscriminator(base_channels=2, num_downs=2, zero_bias=zero_bias)
        assert bool(discriminator.model[0].bias.any()) is not zero_bias


def test_unknown_norm() -> None:
    with pytest.raises(ConfigError, match='None, instance, batch'):
        PatchDiscriminator(norm='layer')
