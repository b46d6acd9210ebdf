from __future__ import annotations

from typing import Any

import pytest
import torch

from mmenlighten.acceleration import memory
from mmenlighten.acceleration.modules import FastConv3x3
from mmenlighten.registry import HOOKS
from tests.builders import build_enlightengan, build_optimizers, random_inputs
from tests.test_engine.test_hooks.stand_ins import runner


def test_step_gives_the_same_in_the_other_layout() -> None:
    data = dict(inputs=random_inputs(2, 3, 48, 40))
    plain, changed = build_enlightengan(), build_enlightengan()
    HOOKS.build(dict(type='AccelerationHook')).before_run(runner(model=changed))
    weight = changed.generator.conv2_1.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    assert not weight.is_contiguous()
    expected = plain.train_step(data, build_optimizers(plain))
    losses = changed.train_step(data, build_optimizers(changed))
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name], loss, rtol=1e-10, atol=0)
    for key, value in plain.state_dict().items():
        torch.testing.assert_close(changed.state_dict()[key], value, rtol=1e-8, atol=1e-10)


def test_maps_take_the_layout_of_the_weights() -> None:
    model = build_enlightengan()
    HOOKS.build(dict(type='AccelerationHook')).before_run(runner(model=model))
    layouts = []
    for name in ('conv1_2', 'conv5_1', 'conv9_2'):
        model.generator.get_submodule(name).register_forward_hook(
            lambda module, inputs, output: layouts.append(
                output.is_contiguous(memory_format=torch.channels_last)
            )
        )
    model.generator(random_inputs(1, 3, 32, 32)['low'])
    assert layouts == [True] * 3


def test_convolutions_with_the_most_weights_keep_the_other_layout_on_a_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, 'MOST_WEIGHTS_ON_CPU', 500)
    data = dict(inputs=random_inputs(2, 3, 48, 40))
    plain, changed = build_enlightengan(), build_enlightengan()
    HOOKS.build(dict(type='AccelerationHook')).before_run(runner(model=changed))
    weights = [p for p in changed.generator.parameters() if p.dim() == 4 and min(p.shape) > 1]
    for weight in weights:
        assert weight.is_contiguous() == (weight.numel() > 500)
    expected = plain.train_step(data, build_optimizers(plain))
    losses = changed.train_step(data, build_optimizers(changed))
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name], loss, rtol=1e-10, atol=0)


def test_layers_are_fast_and_another_run_changes_nothing() -> None:
    model = build_enlightengan()
    hook = HOOKS.build(dict(type='AccelerationHook'))
    hook.before_run(runner(model=model))
    types = [type(module) for module in model.modules()]
    assert FastConv3x3 in types
    hook.before_run(runner(model=model))
    assert [type(module) for module in model.modules()] == types


@pytest.mark.parametrize(
    ('options', 'is_fast', 'is_last'),
    [
        (dict(type='AccelerationHook', layers=False), False, False),
        (dict(type='AccelerationHook', channels_last=False), True, False),
        (dict(type='ChannelsLastHook'), True, True),
        (dict(type='KeepMemoryHook'), False, False),
    ],
)
def test_parts_and_earlier_names(options: dict[str, Any], is_fast: bool, is_last: bool) -> None:
    model = build_enlightengan()
    HOOKS.build(options).before_run(runner(model=model))
    assert isinstance(model.generator.conv2_1, FastConv3x3) == is_fast
    assert model.generator.conv2_1.weight.is_contiguous() != is_last
