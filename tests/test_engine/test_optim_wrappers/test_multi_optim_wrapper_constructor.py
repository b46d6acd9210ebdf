from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import MODEL_WRAPPERS
from torch import nn

from mmenlighten.engine.optim_wrappers import AutocastOptimWrapper, MultiOptimWrapperConstructor
from mmenlighten.registry import OPTIM_WRAPPER_CONSTRUCTORS
from mmenlighten.utils.errors import ConfigError
from tests.builders import NETWORKS, build_enlightengan


def config(**networks: dict[str, Any]) -> dict[str, dict[str, Any]]:
    adam = dict(optimizer=dict(type='Adam', lr=1e-4, betas=(0.5, 0.999)))
    return dict.fromkeys(NETWORKS, adam) | networks


def parameters_of(wrapper: OptimWrapper) -> set[int]:
    return {id(p) for group in wrapper.optimizer.param_groups for p in group['params']}


def test_each_network_has_its_optimizer() -> None:
    model = build_enlightengan(ema=dict(type='ExponentialMovingAverage', momentum=0.1))
    sgd = dict(type='mmenlighten.AutocastOptimWrapper', optimizer=dict(type='SGD', lr=0.3))
    optimizers = MultiOptimWrapperConstructor(config(local_discriminator=sgd))(model)
    assert isinstance(optimizers, OptimWrapperDict)
    assert list(optimizers.keys()) == list(NETWORKS)  # the average and the features have none
    for name in NETWORKS:
        network = getattr(model, name)
        assert parameters_of(optimizers[name]) == {id(p) for p in network.parameters()}
    assert optimizers['generator'].optimizer.defaults['betas'] == (0.5, 0.999)
    assert isinstance(optimizers['local_discriminator'], AutocastOptimWrapper)
    assert optimizers.get_lr()['local_discriminator.lr'] == [0.3]


def test_is_built_by_name() -> None:
    settings = dict(type='MultiOptimWrapperConstructor', optim_wrapper_cfg=config())
    constructor = OPTIM_WRAPPER_CONSTRUCTORS.build(settings)
    assert isinstance(constructor, MultiOptimWrapperConstructor)


@pytest.mark.parametrize('missing', NETWORKS[1:])
def test_network_that_is_none_is_left_out(missing: str) -> None:
    model = build_enlightengan(**{missing: None})
    optimizers = MultiOptimWrapperConstructor(config())(model)
    assert set(optimizers.keys()) == set(NETWORKS) - {missing}


def test_frozen_network_needs_no_optimizer() -> None:
    model = build_enlightengan()
    model.global_discriminator.requires_grad_(False)
    optimizers = MultiOptimWrapperConstructor(config())(model)
    assert 'global_discriminator' not in optimizers.keys()  # noqa: SIM118 (no dict)


def test_distributed_wrapper_is_looked_through() -> None:
    class Wrapper(nn.Module):
        def __init__(self, module: nn.Module) -> None:
            super().__init__()
            self.module = module

    MODEL_WRAPPERS.register_module(name='TestWrapper', module=Wrapper)
    try:
        optimizers = MultiOptimWrapperConstructor(config())(Wrapper(build_enlightengan()))
    finally:
        del MODEL_WRAPPERS._module_dict['TestWrapper']
    assert list(optimizers.keys()) == list(NETWORKS)


def test_network_without_optimizer() -> None:
    settings = config()
    del settings['generator'], settings['local_discriminator']
    with pytest.raises(ConfigError, match='no optimizer for generator, local_discriminator'):
        MultiOptimWrapperConstructor(settings)(build_enlightengan())


def test_optimizer_without_network() -> None:
    settings = config(discriminator=dict(optimizer=dict(type='SGD', lr=0.1)))
    match = r'optim_wrapper\.discriminator names no network of EnlightenGAN; it has generator, '
    with pytest.raises(ConfigError, match=match):
        MultiOptimWrapperConstructor(settings)(build_enlightengan())


def test_settings_by_parameter_belong_to_a_network() -> None:
    with pytest.raises(ConfigError, match=r'move it into optim_wrapper\.<network>'):
        MultiOptimWrapperConstructor(config(), paramwise_cfg=dict(bias_lr_mult=2))


def test_settings_by_parameter_reach_the_network() -> None:
    sgd = dict(type='SGD', lr=0.1)
    generator = dict(optimizer=sgd, paramwise_cfg=dict(bias_lr_mult=2.0))
    model = build_enlightengan()
    optimizers = MultiOptimWrapperConstructor(config(generator=generator))(model)
    bias = model.generator.conv1_1.bias
    [group] = [
        group
        for group in optimizers['generator'].optimizer.param_groups
        if any(parameter is bias for parameter in group['params'])
    ]
    assert torch.tensor(group['lr']).item() == pytest.approx(0.2)
