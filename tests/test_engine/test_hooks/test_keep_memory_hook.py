from __future__ import annotations

import pytest
import torch
from torch import nn

from mmenlighten.engine.hooks import keep_memory_hook
from mmenlighten.registry import HOOKS
from tests.test_engine.test_hooks.stand_ins import runner


@pytest.mark.parametrize('device', ['cpu', 'meta'])
def test_memory_is_kept_while_a_cpu_trains(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    for name in ('keep_freed_memory', 'return_freed_memory'):
        monkeypatch.setattr(keep_memory_hook, name, lambda name=name: calls.append(name))
    hook = HOOKS.build(dict(type='KeepMemoryHook'))
    model = runner(model=nn.Linear(1, 1, device=torch.device(device)))
    hook.before_train(model)
    hook.after_train(model)
    assert calls == (['keep_freed_memory', 'return_freed_memory'] if device == 'cpu' else [])
