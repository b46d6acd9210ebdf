"""Ends a training in time."""

from __future__ import annotations

import time
from typing import Any, Literal, cast

from mmengine.dist import broadcast_object_list, get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmenlighten.registry import HOOKS
from mmenlighten.utils.checks import check_choice, check_positive

CLOCKS = {'wall': time.monotonic, 'cpu': time.process_time}

SHARED_INTERVAL = 10
"""Iterations after which several processes ask each other, which takes time."""


@HOOKS.register_module()
class TimeLimitHook(Hook):
    """Ends a training after a given time, with a checkpoint from which it goes on.

    For clusters that end jobs, and to compare systems that are trained equally long.

    Args:
        seconds: Training time; what comes before the first iteration does not count.
        clock: ``'wall'``, or ``'cpu'`` for the processor time of the main process, to which other
            programs on the machine hardly add.

    Raises:
        ConfigError: ``seconds`` is not positive, or the clock is unknown.
    """

    priority = 'LOWEST'  # after all that belongs to the iteration

    def __init__(self, seconds: float, clock: Literal['wall', 'cpu'] = 'wall') -> None:
        check_positive('TimeLimitHook', seconds=seconds)
        check_choice('TimeLimitHook.clock', clock, CLOCKS)
        self.seconds = seconds
        self._now = CLOCKS[clock]
        self._begin = 0.0

    def before_train(self, runner: Runner) -> None:
        """Starts the clock."""
        self._begin = self._now()

    def after_train_iter(self, runner: Runner, *_: Any, **__: Any) -> None:
        """Saves a checkpoint and ends the run, once the time is over."""
        if get_world_size() > 1 and not self.every_n_train_iters(runner, SHARED_INTERVAL):
            return
        is_over = [self._now() - self._begin >= self.seconds]
        broadcast_object_list(is_over)  # clocks of processes differ
        if not is_over[0]:
            return
        done = runner.iter + 1
        if done < runner.max_iters:
            cast(Any, runner.train_loop).read_losses()  # stops at one that is not finite
            runner.call_hook('before_time_limit')  # collects what processes have apart
            runner.save_checkpoint(
                runner.work_dir,
                f'iter_{done}.pth',
                by_epoch=False,
                backend_args=dict(backend='AtomicLocalBackend'),
            )
        runner.logger.info(f'Ends after {done} iterations, as its {self.seconds:g} s are over.')
        runner.train_loop.stop_training = True
