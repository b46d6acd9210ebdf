from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mmenlighten.engine.hooks import TrainingStateHook
from mmenlighten.models import TrainedEnhancer
from mmenlighten.registry import HOOKS
from mmenlighten.utils.errors import CheckpointError
from tests.test_engine.test_hooks.stand_ins import runner


class WithPool(TrainedEnhancer):
    def __init__(self) -> None:
        super().__init__(dict(type='PatchDiscriminator', base_channels=2, num_downs=1))
        self.pool = [0.0]

    def training_state(self) -> dict[str, Any]:
        return dict(pool=list(self.pool))

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        self.pool = state['pool']


def saved(pool: list[float]) -> dict[str, Any]:
    model = WithPool()
    model.pool = pool
    checkpoint: dict[str, Any] = {}
    hook = HOOKS.build(dict(type='TrainingStateHook'))
    hook.before_save_checkpoint(runner(model=model), checkpoint)
    return checkpoint


@pytest.mark.parametrize(('resumes', 'expected'), [(True, [1.0, 2.0]), (False, [0.0])])
def test_a_resumed_run_alone_goes_on_from_it(resumes: bool, expected: list[float]) -> None:
    model, checkpoint = WithPool(), saved([1.0, 2.0])
    TrainingStateHook().after_load_checkpoint(runner(model=model, _resume=resumes), checkpoint)
    assert model.pool == expected


@pytest.mark.parametrize('states', [0, 2])
def test_another_number_of_processes_is_refused(states: int) -> None:
    checkpoint = dict(training_state=saved([1.0])['training_state'] * states)
    with pytest.raises(CheckpointError, match=f'of {states} processes, and this run has 1: resume'):
        TrainingStateHook().after_load_checkpoint(
            runner(model=WithPool(), _resume=True), checkpoint
        )
