from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import PairedEnhancer
from mmenlighten.utils.errors import ConfigError

GENERATOR = dict(type='CinCGANGenerator', base_channels=2, num_blocks=1)


def build(**options: Any) -> PairedEnhancer:
    torch.manual_seed(0)
    losses = dict(pixel=dict(type='L1Loss'), square=dict(type='MSELoss'))
    return PairedEnhancer(**dict(generator=GENERATOR, losses=losses) | options)


def images() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return {name: torch.rand(2, 3, 8, 8) * 2 - 1 for name in ('low', 'normal')}


@pytest.mark.parametrize('unit_range', [True, False])
def test_losses_are_named_weighted_and_of_the_range(unit_range: bool) -> None:
    model = build(
        unit_range=unit_range,
        loss_weights=dict(square=3.0),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    inputs = images()
    scale = 0.5 if unit_range else 1
    difference = scale * (model(inputs) - inputs['normal'])
    expected = difference.abs().mean() + 3 * difference.square().mean()
    parameters = list(model.generator.parameters())
    gradients = torch.autograd.grad(expected, parameters)
    before = [parameter.detach().clone() for parameter in parameters]
    wrapper = OptimWrapper(torch.optim.SGD(parameters, lr=1.0))
    losses = model.train_step(dict(inputs=inputs), OptimWrapperDict(generator=wrapper))
    assert set(losses) == {'loss_pixel', 'loss_square'}
    torch.testing.assert_close(losses['loss_pixel'], difference.detach().abs().mean())
    for parameter, old, gradient in zip(parameters, before, gradients, strict=True):
        torch.testing.assert_close(parameter.detach(), old - gradient)


def test_average_is_of_each_step() -> None:
    model = build(
        ema=dict(type='ExponentialMovingAverage', momentum=0.5),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    wrapper = OptimWrapper(torch.optim.SGD(model.generator.parameters(), lr=1.0))
    weights = []
    for _ in range(2):
        model.train_step(dict(inputs=images()), OptimWrapperDict(generator=wrapper))
        weights.append(model.generator.conv_output[4].bias.detach().clone())
    assert model.generator_ema is not None
    average = model.generator_ema.module.conv_output[4].bias
    torch.testing.assert_close(average, (weights[0] + weights[1]) / 2)


def test_weights_of_unknown_losses_are_refused() -> None:
    with pytest.raises(ConfigError, match=r'loss_weights names colour: use pixel, square\.'):
        build(loss_weights=dict(colour=1.0))
