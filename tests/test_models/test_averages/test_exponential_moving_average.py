from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from mmengine.model import ExponentialMovingAverage as MMEngineExponentialMovingAverage
from torch import nn

from mmenlighten.models.averages import ExponentialMovingAverage


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


def change(model: nn.Module, seed: int) -> None:
    torch.manual_seed(seed)
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.is_floating_point():
            tensor.data.copy_(torch.rand_like(tensor))


@pytest.mark.parametrize('interval', [1, 3])
@pytest.mark.parametrize('update_buffers', [False, True])
def test_average_is_mmengines(interval: int, update_buffers: bool) -> None:
    model = network()
    options = dict(momentum=0.2, interval=interval, update_buffers=update_buffers)
    ours = ExponentialMovingAverage(model, **options)
    theirs = MMEngineExponentialMovingAverage(model, **options)
    for seed in range(8):
        change(model, seed)
        ours.update_parameters(model)
        theirs.update_parameters(model)
        for key, value in theirs.state_dict().items():
            assert torch.equal(ours.state_dict()[key], value), key


def test_loaded_average_goes_on_counting() -> None:
    model = network()
    first = ExponentialMovingAverage(model, momentum=0.2, interval=2)
    for seed in range(3):
        change(model, seed)
        first.update_parameters(model)
    second = ExponentialMovingAverage(network(), momentum=0.2, interval=2)
    second.update_parameters(network())  # it has begun to count already
    second.load_state_dict(first.state_dict())
    for seed in range(3, 6):
        change(model, seed)
        first.update_parameters(model)
        second.update_parameters(model)
    for key, value in first.state_dict().items():
        assert torch.equal(second.state_dict()[key], value), key


MOVES: dict[str, Callable[[nn.Module], object]] = {
    'memory format': lambda model: model.to(memory_format=torch.channels_last),
    'precision': lambda model: model.double(),
    'loaded in place': lambda model: model.load_state_dict(network().state_dict()),
    'loaded by assignment': lambda model: model.load_state_dict(
        network().state_dict(), assign=True
    ),
}


@pytest.mark.parametrize('update_buffers', [False, True])
@pytest.mark.parametrize('move', MOVES.values(), ids=MOVES)
def test_average_follows_a_network_that_was_moved(
    move: Callable[[nn.Module], object], update_buffers: bool
) -> None:
    model = network()
    average = ExponentialMovingAverage(model, momentum=0.5, update_buffers=update_buffers)
    move(model)
    move(average.module)
    change(model, 1)
    average.update_parameters(model)
    first = {name: value.clone() for name, value in model.named_parameters()}
    change(model, 2)
    average.update_parameters(model)
    for name, averaged in average.module.named_parameters():
        torch.testing.assert_close(averaged, (first[name] + model.get_parameter(name)) / 2)
