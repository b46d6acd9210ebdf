from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from mmenlighten.acceleration.modules import FastConv3x3
from mmenlighten.registry import HOOKS, MODEL_WRAPPERS
from tests.builders import NETWORKS, build_enlightengan, build_optimizers, random_inputs
from tests.test_engine.test_hooks.stand_ins import runner


@pytest.fixture
def one_process(tmp_path: Path) -> Iterator[None]:
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{tmp_path}/rendezvous', rank=0, world_size=1
    )
    yield
    torch.distributed.destroy_process_group()


def wrap(model: nn.Module, **options: bool) -> nn.Module:
    config = dict(
        type='SeparateDistributedDataParallel',
        module=model,
        broadcast_buffers=False,
        find_unused_parameters=False,
    )
    return MODEL_WRAPPERS.build(config | options)


@pytest.mark.usefixtures('one_process')
@pytest.mark.parametrize('channels_last', [True, False])
def test_gradients_lie_as_their_weights(channels_last: bool) -> None:
    inputs = random_inputs(2, 3, 48, 40)
    plain, model = build_enlightengan(), build_enlightengan()
    wrapped = wrap(model, channels_last=channels_last)
    layouts = []
    for name in NETWORKS:
        for parameter in getattr(model, name).parameters():
            parameter.register_post_accumulate_grad_hook(
                lambda p: layouts.append((p.stride(), p.grad.stride()))
            )
    losses = wrapped.train_step(dict(inputs=inputs), build_optimizers(model))
    expected = plain.train_step(dict(inputs=inputs), build_optimizers(plain))
    assert layouts
    assert all(weight == gradient for weight, gradient in layouts)
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name], loss, rtol=1e-10, atol=0)
    for key, value in plain.state_dict().items():
        torch.testing.assert_close(model.state_dict()[key], value, rtol=1e-8, atol=1e-10)
    convolution = model.generator.module.conv2_1
    assert convolution.weight.is_contiguous() != channels_last
    assert isinstance(convolution, FastConv3x3)


@pytest.mark.usefixtures('one_process')
def test_hook_finds_nothing_to_do_and_plain_torch_is_an_option() -> None:
    for accelerated in (True, False):
        model = build_enlightengan()
        wrapped = wrap(model, accelerated=accelerated)
        layouts = [parameter.stride() for parameter in wrapped.parameters()]
        types = [type(module) for module in wrapped.modules()]
        assert (FastConv3x3 in types) == accelerated
        HOOKS.build(dict(type='AccelerationHook')).before_run(runner(model=wrapped))
        assert [parameter.stride() for parameter in wrapped.parameters()] == layouts
        assert ([type(module) for module in wrapped.modules()] == types) == accelerated
