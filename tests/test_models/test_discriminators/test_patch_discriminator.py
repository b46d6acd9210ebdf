from __future__ import annotations

import pytest
import torch
from torch import nn

from mmenlighten.models import PatchDiscriminator
from mmenlighten.models.convolutions import UnshuffledConvolution


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
    kinds = {UnshuffledConvolution, nn.Conv2d, nn.LeakyReLU}  # no norms, no sigmoid
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


def test_judges_real_and_enhanced_pictures_at_once() -> None:
    torch.manual_seed(0)
    discriminator = PatchDiscriminator(base_channels=4, num_downs=2).double()
    real = torch.randn(2, 3, 17, 24, dtype=torch.float64)
    enhanced = torch.randn(3, 3, 17, 24, dtype=torch.float64, requires_grad=True)
    every, of_enhanced = discriminator.judge(real, enhanced)
    expected = discriminator(torch.cat([real, enhanced]))
    torch.testing.assert_close(every, expected, rtol=0, atol=1e-12)

    weights = torch.randn_like(expected)
    parameters = list(discriminator.parameters())
    ours = torch.autograd.grad(every, parameters, weights, retain_graph=True)
    theirs = torch.autograd.grad(expected, parameters, weights, retain_graph=True)
    for mine, other in zip(ours, theirs):
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)
    (to_enhanced,) = torch.autograd.grad(of_enhanced, enhanced, weights[2:], retain_graph=True)
    (other,) = torch.autograd.grad(expected[2:], enhanced, weights[2:])
    torch.testing.assert_close(to_enhanced, other, rtol=0, atol=1e-12)
    assert torch.autograd.grad(of_enhanced.sum(), parameters, allow_unused=True) == (None,) * 8


def test_other_classes_and_devices_judge_as_they_are_called() -> None:
    class Louder(PatchDiscriminator):
        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(image)

    image = torch.empty(1, 3, 16, 16)
    assert PatchDiscriminator(base_channels=4).judges_jointly(image)
    assert not Louder(base_channels=4).judges_jointly(image)
    assert not PatchDiscriminator(base_channels=4).judges_jointly(image.to('meta'))
    with torch.autocast('cpu', torch.bfloat16):
        assert not PatchDiscriminator(base_channels=4).judges_jointly(image)
