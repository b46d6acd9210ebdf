from __future__ import annotations

import pytest
import torch
from torch import nn

from mmenlighten.engine.hooks import acceleration_hook
from mmenlighten.registry import HOOKS
from tests.test_engine.test_hooks.stand_ins import runner


@pytest.mark.parametrize('name', ['AccelerationHook', 'KeepMemoryHook', 'ChannelsLastHook'])
@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_memory_is_kept_while_a_cpu_trains(
    name: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    for function in ('keep_freed_memory', 'return_freed_memory'):
        monkeypatch.setattr(
            acceleration_hook, function, lambda function=function: calls.append(function)
        )
    hook = HOOKS.build(dict(type=name))
    model = runner(model=nn.Linear(1, 1, device=torch.device(device)))
    hook.before_train(model)
    hook.after_train(model)
    keeps = device == 'cpu' and name != 'ChannelsLastHook'
    assert calls == (['keep_freed_memory', 'return_freed_memory'] if keeps else [])
