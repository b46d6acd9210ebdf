from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.engine.hooks import time_limit_hook
from mmenlighten.registry import HOOKS
from mmenlighten.utils.errors import ConfigError, NonFiniteLossError
from tests.small_run import assert_equal_weights
from tests.test_engine.toy import ToyModel, build_runner

CHECKPOINT = dict(by_epoch=False, interval=8)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a second each time that it is asked."""
    clock = iter(range(1000))
    monkeypatch.setitem(time_limit_hook.CLOCKS, 'wall', lambda: float(next(clock)))


@pytest.mark.parametrize('seconds', [1, 3, 4, 6, 8])
def test_ends_in_time_and_goes_on_as_if_it_never_had(
    seconds: int, ticks: None, tmp_path: Path
) -> None:
    limited, whole = ToyModel(), ToyModel()
    hook = dict(type='TimeLimitHook', seconds=seconds)
    build_runner(tmp_path / 'a', model=limited, custom_hooks=[hook], checkpoint=CHECKPOINT).train()
    assert len(limited.steps) == seconds
    last = tmp_path / 'a' / f'iter_{seconds}.pth'
    build_runner(
        tmp_path / 'a', load_from=str(last), resume=True, checkpoint=CHECKPOINT, model=ToyModel()
    ).train()
    build_runner(tmp_path / 'b', model=whole, checkpoint=CHECKPOINT).train()
    assert_equal_weights(tmp_path / 'a' / 'iter_8.pth', tmp_path / 'b' / 'iter_8.pth')


def test_no_checkpoint_is_written_behind_a_loss_that_is_not_finite(
    ticks: None, tmp_path: Path
) -> None:
    model = ToyModel(bad_losses={3: dict(loss_generator=float('nan'))})
    hook = dict(type='TimeLimitHook', seconds=3)
    runner = build_runner(tmp_path, model=model, custom_hooks=[hook], checkpoint=CHECKPOINT)
    with pytest.raises(NonFiniteLossError):
        runner.train()
    assert not list(tmp_path.glob('*.pth'))


def test_absurd_limits_are_refused() -> None:
    with pytest.raises(ConfigError, match='TimeLimitHook seconds=0 must be positive'):
        HOOKS.build(dict(type='TimeLimitHook', seconds=0))
    with pytest.raises(ConfigError, match="clock='moon' is unknown: use one of wall, cpu"):
        HOOKS.build(dict(type='TimeLimitHook', seconds=1, clock='moon'))
