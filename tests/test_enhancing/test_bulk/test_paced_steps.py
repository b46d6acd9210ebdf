"""The pause of Ray's loop, by a clock that stands still unless somebody sleeps."""

from __future__ import annotations

import pytest

from mmenlighten.enhancing.bulk import paced_steps
from mmenlighten.enhancing.bulk.paced_steps import SECONDS, PacedSteps


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_only_steps_that_follow_at_once_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(paced_steps, 'time', clock)
    steps = PacedSteps()
    steps.on_execution_step(None)
    steps.on_execution_step(None)  # nothing was done
    clock.now += 0.4 * SECONDS
    steps.on_execution_step(None)
    clock.now += 5 * SECONDS  # tasks were waited for
    steps.on_execution_step(None)
    assert clock.slept == pytest.approx([0, SECONDS, 0.6 * SECONDS, 0])


def test_ray_takes_it_for_a_callback() -> None:
    pytest.importorskip('ray')
    from ray.data._internal.execution.execution_callback import ExecutionCallback

    called = {name for name in vars(ExecutionCallback) if not name.startswith('_')}
    assert called == {name for name in vars(PacedSteps) if not name.startswith('_')}
